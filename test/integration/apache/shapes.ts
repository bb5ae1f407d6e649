import type { ApacheOptions } from '#test/servers/apache.ts';

/** A configuration as users of other programs reported it, and what an install at one of its nodes is to change. */
interface Shape {
  /** What was reported, with the thread. */
  what: string;
  options: Omit<ApacheOptions, 'layout' | 'start'>;
  /** Name of the node that is installed at. */
  node: string;
  /** Directives of Apache's own dump that go and come; `=`: the files are replaced, and no line changes. */
  changes: '=' | { gone: RegExp[]; come: RegExp[] };
}

const pair = '  SSLCertificateFile {dir}/tls/a.crt\n  SSLCertificateKeyFile {dir}/tls/a.key\n';
const open = (name: string, address = '127.0.0.1:{port}') =>
  `<VirtualHost ${address}>\n  ServerName ${name}\n  SSLEngine on\n`;
const site = (name: string, lines = pair, address?: string) =>
  `${open(name, address)}${lines}</VirtualHost>\n`;
/** A variable of Apache. */
const value = (name: string) => `$\{${name}}`;
const own = /^SSLCertificate(?:Key)?File \/.*\/trustkeep\/a\.test-[0-9a-f]{8}\.(?:crt|key)$/;
const a = /^SSLCertificate(?:Key)?File \/.*\/tls\/a\.(?:crt|key)$/;
const byVariable = site(`${value('name')}.test`, pair.replaceAll('/a.', `/${value('name')}.`));
const apart = { gone: [a, a], come: [own, own] };
const added = { gone: [], come: [own, own] };

export const shapes: Shape[] = [
  {
    what: 'two virtual hosts in one file (certbot #7572, #10524)',
    options: { site: `${site('b.test')}\n# the other\n${site('a.test')}` },
    node: 'a.test',
    changes: apart,
  },
  {
    what: 'brackets, versions and conditions that own parsers reject (certbot #6247, #4637, #7423)',
    options: {
      modules: ['rewrite'],
      site: `${open('a.test')}  RewriteEngine On
  RewriteCond %{HTTP_HOST} !^www\\.(a|b)\\.test$ [NC]
  RewriteCond %{REQUEST_URI} "<[^>]+>"
  RewriteRule ^/(.*)$ https://a.test/$1 [R=301,L]
  <IfVersion >= 2.4>
    <IfModule mod_ssl.c>
      SSLProtocol all -SSLv3
    </IfModule>
  </IfVersion>
  <If "%{HTTP_HOST} == 'x>y'">
    Require all granted
  </If>
${pair}</VirtualHost>\n`,
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'files that are not included, and a disabled site (certbot #3791, #5049)',
    options: {
      files: { 'sites-enabled/site.conf.save': '<VirtualHost', 'sites-available/off.conf': site('off.test') },
      site: site('a.test'),
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'virtual hosts made by a macro (certbot #3783)',
    options: {
      main: `<Macro Host $name $file>
<VirtualHost 127.0.0.1:{port}>
  ServerName $name
  SSLEngine on
  SSLCertificateFile {dir}/tls/$file.crt
  SSLCertificateKeyFile {dir}/tls/$file.key
</VirtualHost>
</Macro>`,
      site: 'Use Host a.test a\nUse Host b.test b\nUndefMacro Host\n',
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'a variable in an include (certbot #4910)',
    options: {
      main: `Define where more\nInclude ${value('where')}/*.conf`,
      files: { 'more/a.conf': site('a.test') },
      site: site('b.test', pair.replaceAll('/a.', '/b.')),
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'a variable that is another one later (certbot #5475, #7447, #8243)',
    options: {
      site: `Define name a\n${byVariable}Define name b\n${byVariable}UnDefine name\n`,
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'a value with an equal sign (certbot #9549)',
    options: { main: 'Define policy "max-age=1; a=b"', site: site('a.test') },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'a virtual host without a name (certbot #8890)',
    options: {
      site: `<VirtualHost 127.0.0.1:{port2}>\n  SSLEngine on\n${pair}</VirtualHost>\n${site('b.test', pair.replaceAll('/a.', '/b.'))}`,
    },
    node: '127.0.0.1:{port2}',
    changes: '=',
  },
  {
    what: 'an old chain file beside the full chain (certbot #1213, #1912)',
    options: { site: site('a.test', `${pair}  SSLCertificateChainFile {dir}/tls/chain.pem\n`) },
    node: 'a.test',
    changes: { gone: [/^SSLCertificateChainFile /], come: [] },
  },
  {
    what: 'a condition on what the running server was started with (certbot #5317)',
    options: {
      defines: ['SSL'],
      site: `<IfDefine SSL>\n${site('a.test')}</IfDefine>\n<IfDefine !SSL>\n${site('b.test')}</IfDefine>\n`,
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'addresses of all kinds (certbot #4223, #8890)',
    options: {
      listen: 'Listen 127.0.0.1:{port}\nListen [::1]:{port2}\nListen {port3}\n',
      site: `${site('c.test', pair.replaceAll('/a.', '/b.'), '_default_:{port3}')}${site('https://a.test:443', `  ServerAlias "*.a.test" www.a.test\n${pair}`, '127.0.0.1:{port} [::1]:{port2}')}${site('d.test', pair.replaceAll('/a.', '/b.'), '127.0.0.1:{port}')}`,
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'the certificate of the server itself, inherited (certbot #2275)',
    options: {
      main: `${pair}SSLEngine on`,
      site: '<VirtualHost 127.0.0.1:{port}>\n  ServerName a.test\n</VirtualHost>\n<VirtualHost 127.0.0.1:{port}>\n  ServerName b.test\n</VirtualHost>\n',
    },
    node: 'a.test',
    changes: added,
  },
  {
    what: 'the server itself, where no virtual host answers (certbot #1994)',
    options: {
      main: `${pair}SSLEngine on`,
      site: site('b.test', pair.replaceAll('/a.', '/b.')),
    },
    node: 'server.test',
    changes: '=',
  },
  {
    what: 'continued lines, line ends of Windows, other cases and quotes (certbot #1042)',
    options: {
      site: `# a comment \\\n  that goes on, <VirtualHost *:1>\r\n${site('b.test')}<virtualhost 127.0.0.1:{port}>\r\n\tservername a.test\r\n\tSSLENGINE On\r\n\tsslcertificatefile \\\r\n\t  '{dir}/tls/a.crt'\r\n\tSSLCertificateKeyFile\t"{dir}/tls/a.key"\r\n</virtualhost>\r\n`,
    },
    node: 'a.test',
    changes: {
      gone: [/^SSLCertificateFile '/, /^SSLCertificateKeyFile/],
      come: [/^SSLCertificateFile \//, /^SSLCertificateKeyFile \//],
    },
  },
  {
    what: 'one pair in a part that several virtual hosts include (certbot #5187)',
    options: {
      files: { 'snippets/tls.conf': pair },
      site: `${site('a.test', '  Include snippets/tls.conf\n')}${site('b.test', '  Include snippets/tls.conf\n')}`,
    },
    node: 'a.test',
    changes: '=',
  },
  {
    what: 'no certificate yet, only the engine (certbot #4994)',
    options: {
      site: `${site('b.test')}<VirtualHost 127.0.0.1:{port}>\n  ServerName a.test\n  SSLEngine on\n</VirtualHost>\n`,
    },
    node: 'a.test',
    changes: added,
  },
  {
    what: 'a part that a macro includes, too (certbot #3783, #5187)',
    options: {
      files: { 'snippets/tls.conf': pair },
      main: `<Macro Host $name>\n${open('$name')}  Include snippets/tls.conf\n</VirtualHost>\n</Macro>`,
      site: `Use Host a.test\n${site('b.test', '  Include snippets/tls.conf\n')}`,
    },
    node: 'b.test',
    changes: '=',
  },
  {
    what: 'files behind one that includes another, and a directory (certbot #4910)',
    options: {
      files: {
        'snippets/b.conf': pair.replaceAll('/a.', '/b.'),
        'more/1.conf': site('b.test', '  Include ./snippets/b.conf\n'),
        'more/2.conf': 'Include more/sub/\n',
        'more/sub/a.conf': site('a.test'),
      },
      site: 'IncludeOptional more/*.conf\n',
    },
    node: 'a.test',
    changes: '=',
  },
];
