import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import ts from 'typescript';

/** The types of exported zod schemas, whose properties know the docstrings of the keys that they come from. */
export class Docstrings {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  /**
   * @param root the checkout
   * @param modules relative to it
   */
  constructor(
    private readonly root: string,
    modules: readonly string[],
  ) {
    const options = compilerOptions(root);
    this.#program = ts.createProgram(
      modules.map((path) => join(root, path)),
      options,
      ownFilesAlone(options),
    );
    this.#checker = this.#program.getTypeChecker();
  }

  /** What parsing with the schema `name` of `module` gives. */
  outputOf(module: string, name: string): ts.Type {
    const source = this.#program.getSourceFile(join(this.root, module));
    const symbol = source && this.#checker.getSymbolAtLocation(source);
    const found = symbol && this.#checker.getExportsOfModule(symbol).find((each) => each.name === name);
    if (!found) throw new Error(`${module} exports no ${name}`);
    const schema = found.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(found) : found;
    const internals = this.propertyOf(this.#checker.getTypeOfSymbol(schema), '_zod');
    const output = internals && this.propertyOf(internals.type, 'output');
    if (!output) throw new Error(`${name} of ${module} is no zod schema`);
    return output.type;
  }

  /** A property's type, without null and undefined, and its docstring; `''` where it has none. */
  propertyOf(
    type: ts.Type,
    name: string,
  ): { readonly type: ts.Type; readonly docstring: string } | undefined {
    const symbol = this.#checker.getPropertyOfType(type, name);
    if (!symbol) return undefined;
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    return {
      type: this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(symbol)),
      docstring: text.replace(/\s*\n\s*/g, ' ').replace(/\{@link (\w+)\}/g, '`$1`'),
    };
  }

  /** What an array, or a record, has in it. */
  elementOf(type: ts.Type): ts.Type | undefined {
    return type.getNumberIndexType() ?? type.getStringIndexType();
  }

  /** The object types among those that a value may have. */
  objectsOf(type: ts.Type): readonly ts.Type[] {
    return (type.isUnion() ? type.types : [type]).filter((each) => each.flags & ts.TypeFlags.Object);
  }

  /** The strings that a value may be, where these are all that it may be. */
  stringsOf(type: ts.Type): readonly string[] {
    const parts = type.isUnion() ? type.types : [type];
    return parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
  }
}

function compilerOptions(root: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.json');
  const { config } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8')) as { config: unknown };
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, root).options, types: [], noEmit: true };
}

/** Of packages, only zod is read: the schemas' types need no other, and reading them all takes ten times as long. */
function ownFilesAlone(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (names, from, redirected, settings) =>
    names.map(({ text }) =>
      text.startsWith('.') || isAbsolute(text) || text === 'zod' || from.includes('/node_modules/zod/')
        ? ts.resolveModuleName(text, from, settings, host, undefined, redirected, ts.ModuleKind.ESNext)
        : { resolvedModule: undefined },
    );
  return host;
}
