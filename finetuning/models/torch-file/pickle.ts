import { badTorchFile, unsafePickle } from './bad-torch-file.js';
import { PickleBytes } from './pickle-bytes.js';

/** What a pickle may name and call. It decides; the reader itself makes only plain values. */
export interface PickleWorld {
  /** @throws DiagnosticError `unsafe-pickle` for a name that is not known */
  global(module: string, name: string): unknown;
  /** Calls what `global` gave. */
  call(callee: unknown, args: readonly unknown[]): unknown;
  /** An object that lies outside of the pickle. */
  persistent(id: unknown): unknown;
}

/** Lists and tuples become arrays, dictionaries maps, None null. A dictionary's attributes are passed over. */
export interface Unpickled {
  readonly value: unknown;
  /** The position after the pickle. */
  readonly end: number;
}

/** Operations that make an object of a class, or reach into a registry of them. */
const MAKES_OBJECTS: Readonly<Record<number, string>> = {
  0x69: 'INST',
  0x6f: 'OBJ',
  0x81: 'NEWOBJ',
  0x92: 'NEWOBJ_EX',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
};

/**
 * Reads one pickle. The format is a program for a stack machine that may import and call anything; this machine has the
 * operations that build plain data, asks `world` about every name, and stops at everything else.
 *
 * Source: CPython's Lib/pickletools.py; what torch.save writes is protocol 2.
 *
 * @throws DiagnosticError `bad-torch-file`, `unsafe-pickle`
 */
export function unpickle(file: string, data: Uint8Array, start: number, world: PickleWorld): Unpickled {
  const bytes = new PickleBytes(file, data, start);
  const memo = new Map<number, unknown>();
  const marked: unknown[][] = [];
  let stack: unknown[] = [];

  const damaged = (message: string): Error =>
    badTorchFile(file, `the pickle is damaged: ${message}`, { found: `byte ${bytes.at}` });
  const pop = (): unknown => {
    if (stack.length === 0) throw damaged('it takes a value that is not there');
    return stack.pop();
  };
  const top = <T>(what: string, is: (value: unknown) => value is T): T => {
    const value = stack.at(-1);
    if (!is(value)) throw damaged(`it adds to what is not a ${what}`);
    return value;
  };
  const popMark = (): unknown[] => {
    const before = marked.pop();
    if (!before) throw damaged('it takes a mark that is not there');
    const taken = stack;
    stack = before;
    return taken;
  };
  const recall = (index: number): void => {
    if (!memo.has(index)) throw damaged(`it recalls value ${index}, which it never kept`);
    stack.push(memo.get(index));
  };
  const keep = (index: number): void => {
    if (stack.length === 0) throw damaged('it keeps a value that is not there');
    memo.set(index, stack.at(-1));
  };
  const tuple = (length: number): void => {
    if (stack.length < length) throw damaged('it takes a value that is not there');
    stack.push(stack.splice(stack.length - length));
  };
  const fill = (dictionary: Map<unknown, unknown>, items: readonly unknown[]): void => {
    if (items.length % 2 !== 0) throw damaged('it sets a key without a value');
    for (let index = 0; index < items.length; index += 2) dictionary.set(items[index], items[index + 1]);
  };
  const named = (module: unknown, name: unknown): void => {
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged('a name is not text');
    stack.push(world.global(module, name));
  };

  for (;;) {
    const code = bytes.byte();
    switch (code) {
      case 0x80: // PROTO
        if (bytes.byte() > 5) throw damaged('its protocol is not known');
        break;
      case 0x95: // FRAME: only a hint of how much to read at once
        bytes.uint64();
        break;
      case 0x2e: // STOP
        return { value: pop(), end: bytes.at };
      case 0x28: // MARK
        marked.push(stack);
        stack = [];
        break;
      case 0x30: // POP
        pop();
        break;
      case 0x31: // POP_MARK
        popMark();
        break;
      case 0x32: // DUP
        stack.push(pop());
        stack.push(stack.at(-1));
        break;

      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(bytes.int32());
        break;
      case 0x4b: // BININT1
        stack.push(bytes.byte());
        break;
      case 0x4d: // BININT2
        stack.push(bytes.uint16());
        break;
      case 0x8a: // LONG1
        stack.push(bytes.long(bytes.byte()));
        break;
      case 0x8b: // LONG4
        stack.push(bytes.long(bytes.uint32()));
        break;
      case 0x47: // BINFLOAT
        stack.push(bytes.float64());
        break;

      case 0x55: // SHORT_BINSTRING
      case 0x8c: // SHORT_BINUNICODE
        stack.push(bytes.text(bytes.byte()));
        break;
      case 0x54: // BINSTRING
      case 0x58: // BINUNICODE
        stack.push(bytes.text(bytes.uint32()));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(bytes.text(bytes.uint64()));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(bytes.slice(bytes.byte()));
        break;
      case 0x42: // BINBYTES
        stack.push(bytes.slice(bytes.uint32()));
        break;

      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x6c: // LIST
      case 0x74: {
        // TUPLE: popMark changes what the stack is
        const items = popMark();
        stack.push(items);
        break;
      }
      case 0x85: // TUPLE1
        tuple(1);
        break;
      case 0x86: // TUPLE2
        tuple(2);
        break;
      case 0x87: // TUPLE3
        tuple(3);
        break;
      case 0x61: {
        // APPEND
        const item = pop();
        top('list', Array.isArray).push(item);
        break;
      }
      case 0x65: {
        // APPENDS: one by one, because there may be more than a call takes arguments
        const items = popMark();
        const list = top('list', Array.isArray);
        for (const item of items) list.push(item);
        break;
      }
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x64: {
        // DICT
        const dictionary = new Map();
        fill(dictionary, popMark());
        stack.push(dictionary);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        top('dictionary', isMap).set(key, value);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = popMark();
        fill(top('dictionary', isMap), items);
        break;
      }

      case 0x68: // BINGET
        recall(bytes.byte());
        break;
      case 0x6a: // LONG_BINGET
        recall(bytes.uint32());
        break;
      case 0x71: // BINPUT
        keep(bytes.byte());
        break;
      case 0x72: // LONG_BINPUT
        keep(bytes.uint32());
        break;
      case 0x94: // MEMOIZE
        keep(memo.size);
        break;

      case 0x63: // GLOBAL
        named(bytes.line(), bytes.line());
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        named(pop(), name);
        break;
      }
      case 0x52: {
        // REDUCE
        const args = pop();
        if (!Array.isArray(args)) throw damaged('it calls with what is not a tuple');
        stack.push(world.call(pop(), args));
        break;
      }
      case 0x62: {
        // BUILD: attributes of an OrderedDict, such as a state dict's _metadata
        pop();
        if (!isMap(stack.at(-1)))
          throw unsafePickle(file, "the file sets an object's state", 'BUILD on what is not a dictionary');
        break;
      }
      case 0x51: // BINPERSID
        stack.push(world.persistent(pop()));
        break;

      default: {
        const maker = MAKES_OBJECTS[code];
        if (maker !== undefined)
          throw unsafePickle(file, 'the file makes objects other than tensors', `the operation ${maker}`);
        throw damaged(`the operation 0x${code.toString(16).padStart(2, '0')} is none that torch.save writes`);
      }
    }
  }
}

function isMap(value: unknown): value is Map<unknown, unknown> {
  return value instanceof Map;
}
