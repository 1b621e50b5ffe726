// @ts-check
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordSession } from './record-session.mjs';
import { terminalFilm } from './terminal-film.mjs';
import { TerminalGrid } from './terminal-grid.mjs';

const [COLUMNS, ROWS] = [112, 20];

/** Seconds of the film. A real second is shorter in it, a wait has an end, and what was typed can be read. */
const TIME = { faster: 25, longestWait: 0.7, frame: 0.35, character: 0.04, pause: 1.2, end: 6 };

/** Where the training is killed: it has kept a checkpoint before. */
const KILLED_AT = /2[0-9]\/50/;

/**
 * A training that is killed and goes on, as it went: a project is laid out and run for that.
 *
 * @param {string} root the checkout
 * @param {string} to the SVG
 */
export async function filmTerminal(root, to) {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-film-'));
  try {
    const reprise = `'${process.execPath}' '${join(root, 'bin/reprise')}'`;
    const project = join(folder, 'definitions');
    await recordSession(`${reprise} init '${project}' --task text-classification --no-commit`, {
      cwd: folder,
      columns: COLUMNS,
      rows: ROWS,
    });
    // Small enough that the film is made in minutes.
    await replace(join(project, 'params.yaml'), 'max_train_rows: 24000', 'max_train_rows: 1600');
    await replace(join(project, 'params.yaml'), '  num_epochs: 1', '  num_epochs: 1\n  save_steps: 10');
    await replace(join(project, 'configs/data_config.yaml'), 'test_rows: 4000', 'test_rows: 400');
    await replace(join(project, 'configs/data_config.yaml'), 'val_rows: 1500', 'val_rows: 200');
    const options = { cwd: project, columns: COLUMNS, rows: ROWS };
    const killed = await recordSession(`${reprise} repro`, { ...options, killWhen: KILLED_AT });
    if (!killed.killed) throw new Error('the training was over before it could be killed');
    const whole = await recordSession(`${reprise} repro`, options);
    if (whole.code !== 0) throw new Error(`reprise repro ended with ${whole.code}`);
    await recordSession(`${reprise} runs cancel latest`, options);

    const film = new Film();
    film.type('reprise repro');
    film.play(killed.chunks);
    film.say('Killed\n');
    film.type('reprise repro        # takes the run up again, from the last checkpoint');
    film.play(whole.chunks);
    film.type('');
    await writeFile(to, film.drawn());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Film {
  #grid = new TerminalGrid(COLUMNS);
  #now = 0;
  /** @type {import('./terminal-film.mjs').Frame[]} */
  #frames = [];

  /** @param {string} command as typed at a prompt */
  type(command) {
    this.say('\u001B[32m$\u001B[39m ');
    for (const character of command) {
      this.#grid.write(character);
      this.#now += TIME.character;
      this.#take();
    }
    this.#now += TIME.pause;
    this.#grid.write('\r\n');
  }

  /** @param {string} text */
  say(text) {
    this.#grid.write(text.replaceAll('\n', '\r\n'));
    this.#take();
  }

  /** @param {readonly import('./record-session.mjs').Chunk[]} chunks */
  play(chunks) {
    let before = 0;
    for (const { at, text } of chunks) {
      this.#now += Math.min(TIME.longestWait, (at - before) / 1000 / TIME.faster);
      before = at;
      this.#grid.write(text);
      this.#take();
    }
  }

  drawn() {
    this.#take(true);
    return terminalFilm(this.#frames, {
      columns: COLUMNS,
      rows: ROWS,
      seconds: Math.ceil(this.#now + TIME.end),
      title:
        'A terminal: reprise repro is killed in the middle of a training, and run again it goes on from there',
    });
  }

  /** What comes close after another frame takes its place. */
  #take(last = false) {
    const rows = this.#grid.shown(ROWS).map((row) => [...row]);
    const previous = this.#frames.at(-1);
    if (previous && !last && this.#now - previous.at < TIME.frame)
      this.#frames[this.#frames.length - 1] = { at: previous.at, rows };
    else this.#frames.push({ at: this.#now, rows });
  }
}

/**
 * @param {string} path
 * @param {string} from
 * @param {string} to
 */
async function replace(path, from, to) {
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not say ${from}`);
  await writeFile(path, text.replace(from, to));
}
