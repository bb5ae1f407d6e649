import { lineCount, read } from './sources.ts';
import { type Syntax, walk } from './syntax.ts';

const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** The functions of a file that have more lines than that, as `file name`: methods, closures and components too. */
export function longFunctions(file: string, most: number): string[] {
  const text = read(file);
  const found: string[] = [];
  if (lineCount(text) <= most) return found;
  walk(file, (node, parent) => {
    if (!isFunction.test(node.type)) return;
    if (lineCount(text.slice(node.start, node.end)) > most) found.push(`${file} ${nameOf(node, parent)}`);
  });
  return found;
}

/** Its own name, or that of the constant, method or property that holds it. */
function nameOf(node: Syntax, parent: Syntax | undefined): string {
  const names = [node.id, parent?.id, parent?.key].map((named) => Reflect.get(Object(named), 'name'));
  return String(names.find((name) => typeof name === 'string') ?? '(without a name)');
}
