import { createRenderer, type RunEvent, type StageEvent } from '../../../cli/display/index.js';
import { Screen } from '../../rig/screen.js';

const UTF8 = { LANG: 'en_US.UTF-8', TERM: 'xterm' };

const stage = (address: string, status: StageEvent['status'], more: Partial<StageEvent> = {}): RunEvent => ({
  event: 'stage',
  address,
  status,
  queue: 'reprise-cpu',
  attempt: 1,
  restarts: 0,
  ...more,
});

const plan = (...addresses: string[]): RunEvent => ({
  event: 'plan',
  stages: addresses.map((address) => ({ address, queue: 'reprise-cpu' })),
});

function show(screen: Screen, env: NodeJS.ProcessEnv, events: readonly RunEvent[]) {
  const renderer = createRenderer({ json: false, env, out: screen });
  for (const event of events) renderer.show(event);
  return renderer;
}

const training = [
  plan('data', 'train', 'evaluate'),
  stage('data', 'ran', { seconds: 3.21 }),
  stage('train', 'running', { startedAt: new Date(Date.now() - 12_300).toISOString() }),
  {
    event: 'progress',
    address: 'train',
    step: 120,
    total: 400,
    metrics: { loss: 0.8123, items_per_second: 118.2 },
    secondsLeft: 75,
  },
] as const satisfies readonly RunEvent[];

describe('the live table', () => {
  it('shows every stage, and for the running one its bar, figures and time left', () => {
    const screen = new Screen(120, 30);
    const renderer = show(screen, { ...UTF8, NO_COLOR: '1' }, training);
    const rows = screen.text();
    expect(rows[0]).toBe('✓ data        3.2 s');
    expect(rows[1]).toMatch(
      /^[\u2800-\u28FF] train      1[23]\.\d s {2}━{5}─{11} {2}120\/400 {2}loss 0\.812 {2}118 items\/s {2}1:15 left$/u,
    );
    expect(rows.slice(2)).toEqual(['· evaluate', '1 of 3 done']);
    renderer.close();
  });

  it('paints over itself in one write, and writes nothing when nothing changed', () => {
    const screen = new Screen(100, 30);
    const renderer = show(screen, UTF8, [plan('a', 'b')]);
    const before = screen.writes;
    renderer.show(stage('a', 'ran', { seconds: 1 }));
    expect(screen.writes).toBe(before + 1);
    renderer.show(stage('a', 'ran', { seconds: 1 }));
    expect(screen.writes).toBe(before + 1);
    expect(screen.text()).toEqual(['✓ a    1.0 s', '· b', '1 of 2 done']);
    renderer.close();
  });

  it('keeps messages above the table', () => {
    const screen = new Screen(100, 30);
    const renderer = show(screen, UTF8, [
      plan('a'),
      { event: 'notice', code: 'x', message: 'first', fix: 'do it' },
      { event: 'notice', code: 'x', message: 'second' },
    ]);
    expect(screen.text()).toEqual(['first', '  fix: do it', 'second', '· a', '0 of 1 done']);
    renderer.close();
  });

  it.each([60, 40, 24, 12])('fits %i columns', (columns) => {
    const screen = new Screen(columns, 30);
    const renderer = show(screen, UTF8, training);
    expect(screen.text()).toHaveLength(4);
    renderer.show(stage('train', 'ran', { seconds: 20 }));
    expect(screen.text()).toHaveLength(4);
    renderer.close();
  });

  it('leaves no debris when the terminal is made narrower, and wider again', () => {
    const screen = new Screen(100, 30);
    const renderer = show(screen, UTF8, training);
    for (const columns of [37, 20, 90, 15, 100]) {
      screen.resize(columns);
      renderer.show({ ...training[3], step: columns });
      expect(screen.text()).toHaveLength(4);
    }
    expect(screen.text()[1]).toContain('100/400');
    renderer.close();
  });

  it('never takes more rows than the terminal has, and shows what matters most', () => {
    const names = Array.from({ length: 60 }, (_, i) => `stage${i}`);
    const screen = new Screen(80, 10);
    const renderer = show(screen, UTF8, [
      plan(...names),
      stage('stage50', 'running'),
      stage('stage40', 'failed', { error: { code: 'stage-failed', message: 'stage40: it broke\nmore' } }),
    ]);
    for (let i = 0; i < 20; i++) renderer.show({ event: 'progress', address: 'stage50', step: i });
    const rows = screen.text();
    expect(rows).toHaveLength(9);
    expect(rows).toContainEqual(expect.stringMatching(/^✗ stage40 +it broke$/));
    expect(rows).toContainEqual(expect.stringMatching(/stage50 +19$/));
    expect(rows.at(-2)).toBe('  and 53 more');
    renderer.show({ event: 'end', status: 'failed', seconds: 3, stages: [] });
    expect(screen.text().filter((row) => /stage\d+/.test(row))).toHaveLength(60);
    renderer.close();
  });

  it('lets no escape sequence of a command through', () => {
    const screen = new Screen(100, 30);
    const evil = '\u001B]0;title\u0007\u001B[2Jgone\u0007\r\n\u001B[31mred';
    const renderer = show(screen, { ...UTF8, NO_COLOR: '1' }, [
      plan('a'),
      stage('a', 'running'),
      { event: 'progress', address: 'a', message: evil },
      { event: 'notice', code: 'x', message: evil },
    ]);
    expect(screen.raw).not.toMatch(/\u001B\[2J|\u001B\]0|\u0007|\u001B\[31m/);
    renderer.close();
  });

  it('uses ASCII where the locale promises no more, and colours only where they are wanted', () => {
    const ascii = new Screen(80, 30);
    show(ascii, { TERM: 'xterm', LANG: 'C', NO_COLOR: '1' }, training).close();
    expect(ascii.raw).toMatch(/^\p{ASCII}*$/u);
    expect(ascii.raw).not.toMatch(/\u001B\[\d+m/);
    const coloured = new Screen(80, 30);
    show(coloured, UTF8, training).close();
    expect(coloured.raw).toContain('\u001B[32m');
  });

  it('measures wide characters by their columns', () => {
    const screen = new Screen(80, 30);
    show(screen, { ...UTF8, NO_COLOR: '1' }, [
      plan('数据', 'ab'),
      stage('数据', 'ran', { seconds: 1 }),
    ]).close();
    expect(screen.text()[0]).toBe('✓ 数据    1.0 s');
    expect(screen.text()[1]).toBe('· ab');
  });

  it.each([[{ ...UTF8, CI: 'true' }], [{ LANG: 'C', TERM: 'dumb' }]])(
    'gives way to plain lines under %j',
    (env) => {
      const screen = new Screen(80, 30);
      show(screen, { ...env, NO_COLOR: '1' }, training).close();
      expect(screen.raw).not.toContain('\u001B');
      expect(screen.text()).toEqual([
        '3 stages: data, train, evaluate',
        'data: ran in 3.2 s',
        'train: running',
        'train: 120/400  loss 0.812  118 items/s  1:15 left',
      ]);
    },
  );
});
