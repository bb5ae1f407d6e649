/** A name as the files of a provider write it. */
interface Names {
  /** `f5-bigip` */
  id: string;
  /** `f5Bigip` */
  value: string;
  /** `F5Bigip` */
  type: string;
}

/** The text of each file of a new provider. */
export interface Files {
  definition(names: Names): string;
  adapter(names: Names): string;
  provider(names: Names): string;
  /** What the conformance suite runs over. */
  shape(names: Names): string;
}

export interface Family {
  folder: string;
  files: Files;
}

export function namesOf(id: string): Names {
  const value = id.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
  return { id, value, type: value.charAt(0).toUpperCase() + value.slice(1) };
}

/** The text of a table with one more entry, which is imported from `from`. */
export function inTable(text: string, { id, value }: Names, from: string): string {
  const entry = id === value ? value : `'${id}': ${value}`;
  const place = /(table\(\{|const providers(?:: [^=]*)? = \{)([^}]*)\}/;
  if (!place.test(text)) throw new Error('The table was not found.');
  return `import { ${value} } from '${from}';\n${text.replace(
    place,
    (_, head: string, entries: string) => `${head}${entries.trimEnd().replace(/,?$/, ',')} ${entry} }`,
  )}`;
}

/** The text of a list whose entries are objects without objects in them, without the one of this id. */
export function withoutEntry(text: string, id: string): string {
  return text.replace(new RegExp(`\\n\\s*\\{[^{}]*\\bid: '${id}'[^{}]*\\},`), '');
}
