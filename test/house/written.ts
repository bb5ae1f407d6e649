import { type Syntax, walk } from './syntax.ts';

/** A text that a program holds: what a string, a template, a regular expression or the text of a page says, or a key. */
export interface Written {
  text: string;
  as: 'text' | 'pattern' | 'key' | 'path';
}

/** Every text of a file as the parser sees it; comments are none. `source` in place of the file, for what is not on disk. */
export function writtenIn(file: string, source?: string): Written[] {
  const found: Written[] = [];
  walk(
    file,
    (node, parent) => {
      const one = written(node, parent);
      if (one !== null && one.text !== '') found.push(one);
    },
    source,
  );
  return found;
}

function written(node: Syntax, parent: Syntax | undefined): Written | null {
  switch (node.type) {
    case 'Literal': {
      if (Reflect.has(node, 'regex'))
        return { text: String(Reflect.get(Object(node.regex), 'pattern')), as: 'pattern' };
      return typeof node.value === 'string'
        ? { text: node.value, as: isPath(node, parent) ? 'path' : 'text' }
        : null;
    }
    case 'TemplateElement':
      return { text: String(Reflect.get(Object(node.value), 'cooked')), as: 'text' };
    case 'JSXText':
      return { text: String(node.value).trim(), as: 'text' };
    case 'Property':
    case 'TSPropertySignature':
    case 'PropertyDefinition':
      return keyOf(node);
    default:
      return null;
  }
}

const isPath = (node: Syntax, parent: Syntax | undefined): boolean =>
  parent?.source === node && /^(Import|Export)/.test(parent.type);

/** A key without quotes; one with quotes is a text as well. `{ nginx }` takes the key from a name. */
function keyOf({ key, computed, shorthand }: Syntax): Written | null {
  const name: unknown = Reflect.get(Object(key), 'name');
  return typeof name === 'string' && computed !== true && shorthand !== true
    ? { text: name, as: 'key' }
    : null;
}
