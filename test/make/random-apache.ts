import type { Chance } from './random.ts';

/** A random configuration of Apache: the main file, one that it includes, and how many virtual hosts it has. */
export interface RandomApache {
  main: string;
  included: string;
  /** Line of the main file that includes the other one. */
  includeLine: number;
}

const names = ['shop', 'blog', 'mail', 'a-b', 'x1'];

/** Made of what people write: comments, continued lines, quotes, other cases, conditions, variables, macros, nested blocks. */
export function randomApache(chance: Chance): RandomApache {
  const made = new Maker(chance);
  const above = [...made.noise(), ...made.outer(), ...made.macro()];
  const hosts = Array.from({ length: chance.int(4) }, () => [...made.noise(), ...made.host()]).flat();
  const includeLine = [...above, ...hosts].length + 1;
  const lines = [
    ...above,
    ...hosts,
    `${chance.pick(['Include', 'includeoptional'])} more.conf`,
    ...made.noise(),
  ];
  const more = Array.from({ length: 1 + chance.int(4) }, () => [...made.noise(), ...made.host()]).flat();
  const end = chance.pick(['\n', '\n', '\r\n']);
  // a line that goes on is two entries already, so that numbers fit
  return {
    main: `${lines.join(end)}${end}`,
    included: `${more.join(end)}${chance.pick([end, ''])}`,
    includeLine,
  };
}

class Maker {
  readonly #chance: Chance;
  #count = 0;
  #hasMacro = false;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  noise(): string[] {
    return Array.from({ length: this.#chance.int(3) }, () =>
      this.#chance.pick([
        ['# <VirtualHost *:1> SSLCertificateFile /no'],
        ['# goes on \\', '  SSLCertificateFile /no'],
        [''],
        ['   '],
        ['ErrorDocument 404 "it\'s <not> here"'],
        ['LogFormat "%h \\"%r\\"" x'],
      ]),
    ).flat();
  }

  outer(): string[] {
    const { pick } = this.#chance;
    return [
      'Define base /etc/tls',
      ...pick([[], [], [`SSLCertificateFile ${'$'}{base}/server.crt`, 'SSLCertificateKeyFile server.key']]),
      ...pick([[], ['SSLEngine on']]),
    ];
  }

  macro(): string[] {
    this.#hasMacro = this.#chance.int(3) === 0;
    if (!this.#hasMacro) return [];
    return [
      '<Macro Host $name $n>',
      '<VirtualHost *:443>',
      'ServerName $name',
      'SSLEngine on',
      'SSLCertificateFile /m/$n.crt',
      'SSLCertificateKeyFile /m/$n.key',
      '</VirtualHost>',
      '</Macro>',
    ];
  }

  host(): string[] {
    const { pick, int } = this.#chance;
    this.#count += 1;
    const name = `${pick(names)}${this.#count}.test`;
    if (this.#hasMacro && int(4) === 0) return [`Use Host ${name} ${this.#count}`];
    const indent = pick(['', '  ', '    ', '\t']);
    const inner = [
      ...this.#word('ServerName', name),
      ...pick([[], this.#word('ServerAlias', `"*.${name}" www.${name}`)]),
      ...this.#word('SSLEngine', pick(['on', 'On'])),
      ...this.noise(),
      ...this.#pairs(),
      ...this.noise(),
      ...pick([[], ['<Directory "/srv/x y">', `${indent}Require all granted`, '</Directory>']]),
      ...pick([
        [],
        ['<IfModule mod_ssl.c>', 'SSLProtocol all', '</IfModule>'],
        ['<IfDefine !NEVER>', 'SSLOptions +StdEnvVars', '</IfDefine>'],
        ['<IfDefine NEVER>', 'SSLCertificateFile /never', '</IfDefine>'],
      ]),
    ];
    const address = pick(['*:443', '_default_:443', '10.0.0.1:443', '[::1]:443', '*:443 10.0.0.2:443', '*']);
    return [
      `<${pick(['VirtualHost', 'virtualhost'])} ${address}>`,
      ...inner.map((line) => (line.trim() === '' ? line : indent + line)),
      `${pick(['', ' '])}</VirtualHost>`,
    ];
  }

  #pairs(): string[] {
    const count = this.#chance.pick([0, 1, 1, 1, 2]);
    const own = Array.from({ length: count }, (_, at) => {
      const file = `${this.#count}-${at}`;
      const key =
        this.#chance.int(6) === 0 ? [] : this.#word('SSLCertificateKeyFile', this.#path(`${file}.key`));
      return [...this.#word('SSLCertificateFile', this.#path(`${file}.crt`)), ...key];
    }).flat();
    return this.#chance.int(5) === 0 ? ['<IfModule ssl_module>', ...own, '</IfModule>'] : own;
  }

  #path(name: string): string {
    return this.#chance.pick([
      `/etc/tls/${name}`,
      `"/etc/my tls/${name}"`,
      `'/etc/tls/${name}'`,
      `tls/${name}`,
      `${'$'}{base}/${name}`,
    ]);
  }

  /** A directive, now and then over two lines, or with a comment of Apache's manner: none behind it. */
  #word(name: string, value: string): string[] {
    const { pick } = this.#chance;
    const written = pick([name, name, name.toLowerCase(), name.toUpperCase()]);
    return pick([[`${written} ${value}`], [`${written}\t ${value}  `], [`${written} \\`, `   ${value}`]]);
  }
}
