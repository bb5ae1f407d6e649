import { parseSync } from 'vite';

/**
 * Throws when one of these files (path and text) would not compile with that name: it is a word of the language, or the
 * file has it already. Nothing is read or written.
 */
export function refuseName(name: string, value: string, texts: Readonly<Record<string, string>>): void {
  if (value in globalThis)
    throw new Error(`The name ${name} cannot be used: ${value} is a name of JavaScript.`);
  for (const [path, text] of Object.entries(texts)) {
    const { errors, program } = parseSync(path, text);
    const [error] = errors;
    if (error !== undefined) throw new Error(`The name ${name} cannot be used in ${path}: ${error.message}`);
    const declared = program.body.flatMap(declaredBy);
    const twice = declared.find((one, index) => declared.indexOf(one) !== index);
    if (twice !== undefined)
      throw new Error(`The name ${name} cannot be used: ${path} has the name ${twice} already.`);
  }
}

type Statement = ReturnType<typeof parseSync>['program']['body'][number];

/** The names that a statement of a module gives to it. */
function declaredBy(statement: Statement): string[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      return statement.specifiers.map(({ local }) => local.name);
    case 'ExportNamedDeclaration':
      return statement.declaration === null ? [] : declaredBy(statement.declaration);
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return statement.id === null ? [] : [statement.id.name];
    default:
      return [];
  }
}
