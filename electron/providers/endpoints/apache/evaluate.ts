import { atOnce } from '#kit/in-slices.ts';
import { type Directive, directiveOf, type Included } from './dump.ts';
import { IncludeOrder } from './include-order.ts';
import { linesIn, textsOf } from './lines.ts';

/** What our own reading of a configuration has to know of its server. */
interface Surroundings {
  /** `ssl_module`…, those that are linked in as well. */
  modules: ReadonlySet<string>;
  /** `2.4.62` */
  version: string;
  /** Given with `-D` when it was started. */
  defines: readonly string[];
  serverRoot: string;
  /** Bytes of a file by the name that Apache gives it. */
  content(path: string): Buffer | undefined;
}

interface Macro {
  parameters: string[];
  lines: { text: string; line: number }[];
  place: string;
}

/** More directives than these are no configuration that was written for a purpose. */
const mostDirectives = 500_000;

/** As `evaluating`, at once. @internal */
export const evaluate = (...given: Parameters<typeof evaluating>): Directive[] =>
  atOnce(evaluating(...given)).tree;

/** What was read of a configuration. `whole`: with every file that Apache listed. */
interface Evaluated {
  tree: Directive[];
  whole: boolean;
}

/**
 * Reads the files as Apache does, in its order, where mod_info is not there to print them: variables, conditions, macros. Which
 * files take part Apache itself has said. What cannot be told is kept and marked `uncertain`; nothing unknown fails. In steps, which may be many.
 */
export function* evaluating(main: Included, surroundings: Surroundings): Generator<undefined, Evaluated> {
  const reader = new Evaluator(surroundings);
  const tree: Directive[] = [];
  yield* reader.file(main, [tree]);
  return { tree, whole: reader.isWhole(main) };
}

type Truth = boolean | 'unknown';
type Steps = Generator<undefined, void>;

class Evaluator {
  readonly #around: Surroundings;
  readonly #defines = new Map<string, string>();
  readonly #macros = new Map<string, Macro>();
  readonly #includes: IncludeOrder;
  #count = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#includes = new IncludeOrder(around.serverRoot);
    for (const name of around.defines) this.#defines.set(...split(name));
  }

  isWhole(main: Included): boolean {
    return this.#count <= mostDirectives && this.#includes.isWhole(main);
  }

  *file(included: Included, open: Directive[][]): Steps {
    const content = this.#around.content(included.path);
    if (content === undefined) return;
    this.#includes.note(included);
    const lines: { text: string; line: number }[] = [];
    for (const { text, last } of linesIn(content)) {
      yield;
      lines.push({ text: Buffer.from(text, 'latin1').toString('utf8'), line: last });
    }
    yield* this.#lines(lines, included.path, included, open);
  }

  *#lines(
    lines: readonly { text: string; line: number }[],
    place: string,
    included: Included,
    open: Directive[][],
  ): Steps {
    const conditions: Truth[] = [];
    for (let at = 0; at < lines.length; at++) {
      yield;
      const { text, line } = lines[at] ?? { text: '', line: 0 };
      if (text === '' || text.startsWith('#')) continue;
      if (/^<\/If(Define|Module|Version|File|Directive|Section)\b/i.test(text)) conditions.pop();
      else if (/^<If(Define|Module|Version|File|Directive|Section)\s/i.test(text))
        conditions.push(conditions.includes(false) ? false : this.#holds(text));
      else if (/^<Macro\s/i.test(text)) at = this.#macro(lines, at, place, conditions);
      else if (!conditions.includes(false))
        yield* this.#one({ text, line, place, included, open, unsure: conditions.includes('unknown') });
    }
  }

  *#one(now: {
    text: string;
    line: number;
    place: string;
    included: Included;
    open: Directive[][];
    unsure: boolean;
  }): Steps {
    const { line, place, included, open, unsure } = now;
    const text = now.text.replace(/\$\{([^}]+)\}/g, (all, name: string) => this.#defines.get(name) ?? all);
    if (++this.#count > mostDirectives) return;
    if (text.startsWith('</')) {
      if (open.length > 1) open.pop();
      return;
    }
    const [name = '', ...args] = textsOf(text);
    const word = name.toLowerCase();
    if (word === 'define' && args[0] !== undefined) this.#defines.set(args[0], args[1] ?? '');
    else if (word === 'undefine') this.#defines.delete(args[0] ?? '');
    else if (word === 'use') yield* this.#use(args, `used on line ${line} of "${place}"`, included, open);
    else if (word === 'include' || word === 'includeoptional')
      for (const file of this.#includes.take(included, args[0] ?? '')) yield* this.file(file, open);
    else {
      const directive = directiveOf(text, place, line);
      if (unsure) directive.uncertain = true;
      open.at(-1)?.push(directive);
      if (directive.block !== null) open.push(directive.block);
    }
  }

  /** Keeps a macro, and gives where it ends. */
  #macro(lines: readonly { text: string; line: number }[], from: number, place: string, on: Truth[]): number {
    const { text = '', line = 0 } = lines[from] ?? {};
    const [, name = '', ...parameters] = textsOf(text.replace(/>$/, ''));
    const macro: Macro = {
      parameters,
      lines: [],
      place: `macro '${name.toLowerCase()}' (defined on line ${line} of "${place}")`,
    };
    let at = from + 1;
    for (; at < lines.length && !/^<\/Macro\b/i.test(lines[at]?.text ?? ''); at++)
      macro.lines.push({ text: lines[at]?.text ?? '', line: at - from });
    if (!on.includes(false)) this.#macros.set(name.toLowerCase(), macro);
    return at;
  }

  *#use([name = '', ...values]: string[], used: string, included: Included, open: Directive[][]): Steps {
    const macro = this.#macros.get(name.toLowerCase());
    if (macro === undefined || this.#count > mostDirectives) return;
    // the longest name first, so that $host does not win over $hostname
    const parameters = macro.parameters
      .map((parameter, at) => ({ parameter, value: values[at] ?? '' }))
      .sort((a, b) => b.parameter.length - a.parameter.length);
    const lines = macro.lines.map(({ text, line }) => ({
      line,
      text: parameters.reduce((now, { parameter, value }) => now.replaceAll(parameter, value), text),
    }));
    this.#count += 1;
    yield* this.#lines(lines, `${macro.place} ${used}`, included, open);
  }

  #holds(text: string): Truth {
    const [, kind = '', rest = ''] = /^<If(\w+)\s+(.*?)\s*>$/.exec(text) ?? [];
    const negated = rest.startsWith('!');
    const [name = '', second = ''] = textsOf(negated ? rest.slice(1) : rest);
    const truth = this.#truth(kind.toLowerCase(), name, second);
    return truth === 'unknown' ? truth : truth !== negated;
  }

  #truth(kind: string, name: string, second: string): Truth {
    if (kind === 'define') return this.#defines.has(name);
    if (kind === 'module') return hasModule(this.#around.modules, name);
    if (kind === 'version') return isVersion(this.#around.version, name, second);
    return 'unknown';
  }
}

function split(define: string): [string, string] {
  const at = define.indexOf('=');
  return at < 0 ? [define, ''] : [define.slice(0, at), define.slice(at + 1)];
}

/** A module goes by its identifier, or by the name of its source. */
function hasModule(modules: ReadonlySet<string>, name: string): Truth {
  if (name.endsWith('_module')) return modules.has(name);
  const source = /^(?:mod_)?(\w+?)\.c(?:pp)?$/.exec(name)?.[1];
  if (source === undefined) return 'unknown';
  return [source, `mpm_${source}`, source.replace(/^http_/, '')].some((one) => modules.has(`${one}_module`));
}

function isVersion(version: string, operator: string, wanted: string): Truth {
  if (wanted === '') return isVersion(version, '=', operator);
  if (!/^[\d.]+$/.test(wanted)) return 'unknown';
  const order = compare(version, wanted);
  const answers: Record<string, boolean> = {
    '=': order === 0,
    '==': order === 0,
    '>': order > 0,
    '>=': order >= 0,
    '<': order < 0,
    '<=': order <= 0,
  };
  return answers[operator] ?? 'unknown';
}

/** What the second leaves out counts as 0. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
