import { readFileSync, statSync } from 'node:fs';
import sharp from 'sharp';
import { terminalFilm } from '../../../infra/pictures/terminal-film.mjs';
import { TerminalGrid } from '../../../infra/pictures/terminal-grid.mjs';

const shown = (grid: TerminalGrid, height = 10): string[] =>
  grid.shown(height).map((row) => row.map((cell) => cell?.character ?? ' ').join(''));

describe('the recorded terminal', () => {
  it('shows what was painted over, and folds what is too long', () => {
    const grid = new TerminalGrid(10);
    grid.write('server\r\na  running\u001B[K\r\nb  waits\u001B[K\r\n');
    grid.write('\u001B[2A\ra  ran\u001B[K\r\nb  running, a long line\u001B[K\r\n\u001B[J');
    expect(shown(grid)).toEqual(['server', 'a  ran', 'b  running', ', a long l', 'ine']);
    expect(shown(grid, 2)).toEqual([', a long l', 'ine']);
  });

  it('keeps colours apart from weights', () => {
    const grid = new TerminalGrid(10);
    grid.write('\u001B[1m\u001B[32ma\u001B[39mb\u001B[22mc');
    expect(grid.shown(1)[0]?.map(({ look }) => look)).toEqual(['bold green', 'bold', '']);
  });

  it('becomes an SVG that has each line once', async () => {
    const grid = new TerminalGrid(20);
    grid.write('$ a < b & c\r\n');
    const first = { at: 0, rows: grid.shown(4).map((row) => [...row]) };
    grid.write('done\r\n');
    const svg = terminalFilm([first, { at: 1.5, rows: grid.shown(4) }], {
      ...{ columns: 20, rows: 4, seconds: 3, title: 'a "session"' },
    });
    expect(svg.match(/\$ a &lt; b &amp; c/g)).toHaveLength(1);
    expect(svg).toContain('50.00%{transform:translateY(-112px)}');
    expect((await sharp(Buffer.from(svg)).metadata()).height).toBe(112);
  });
});

describe('README.md', () => {
  it('shows pictures that are there, and small', () => {
    const pictures = [
      ...readFileSync('README.md', 'utf8').matchAll(/!\[([^\]]+)\]\((docs\/pictures\/[^)]+)\)/g),
    ];
    expect(pictures.map(([, , path]) => path)).toEqual([
      'docs/pictures/terminal.svg',
      'docs/pictures/temporal-ui.png',
      'docs/pictures/report.png',
    ]);
    for (const [, text = '', path = ''] of pictures) {
      expect(text.length).toBeGreaterThan(20);
      expect(statSync(path).size).toBeLessThan(150_000);
    }
  });
});
