import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { have } from './available.ts';

/**
 * Apache and Tomcat as Debian installs and starts them, below the file system of a machine of its own: by their units, and by
 * scripts in `/etc/init.d`. None of them starts with other content than what `known` named, once it did.
 */
export const haveInstalledServers = (): boolean =>
  ['apache2', 'apache2ctl', 'java', '/etc/init.d/apache2', `${home}/bin/catalina.sh`, tomcatUnit].every(have);

const home = '/usr/share/tomcat10';
const tomcatUnit = '/lib/systemd/system/tomcat10.service';
const java = '-Xmx96m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.security.egd=file:/dev/urandom';
const guard = '/usr/local/sbin/only-known';

/** Of the server that its unit starts, and of the one that its script starts. Each shows `shop` and its neighbour `blog`. */
export const apachePort = 18443;
export const tomcatPorts = { tomcat10: 18444, app: 18445 } as const;
export const pairPath = {
  apache: (name: string, what: 'crt' | 'key') => `/etc/apache2/tls/${name}.${what}`,
  tomcat10: (name: string, what: 'crt' | 'key') => `/etc/tomcat10/${name}.${what}`,
  app: (name: string, what: 'crt' | 'key') => `/srv/app/conf/${name}.${what}`,
} as const;

/** Lines for `sh -c` after which nothing starts but with what these files contain now, and with anything again. */
export const known = (...paths: string[]): string => `sha256sum ${paths.join(' ')} > /etc/known`;
export const anything = 'rm -f /etc/known';

interface Pairs {
  shop: { chainPem: string; keyPem: string };
  blog: { chainPem: string; keyPem: string };
}

export function writeServers(root: string, pairs: Pairs): void {
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
    chmodSync(join(root, path), mode);
  };
  write(guard, '#!/bin/sh\n[ ! -e /etc/known ] || sha256sum --check --status /etc/known\n', 0o755);
  for (const server of ['apache', 'tomcat10', 'app'] as const)
    for (const [name, pair] of Object.entries(pairs) as [keyof Pairs, Pairs['shop']][]) {
      write(pairPath[server](name, 'crt'), pair.chainPem);
      write(pairPath[server](name, 'key'), pair.keyPem, server === 'apache' ? 0o600 : 0o644);
    }
  writeApache(root, write);
  writeTomcats(root, write);
}

type Write = (path: string, text: string, mode?: number) => void;

function writeApache(root: string, write: Write): void {
  for (const name of ['ssl', 'socache_shmcb']) {
    const link = join(root, `/etc/apache2/mods-enabled/${name}.load`);
    if (!existsSync(link)) symlinkSync(`../mods-available/${name}.load`, link);
  }
  rmSync(join(root, '/etc/apache2/sites-enabled'), { recursive: true, force: true });
  const host = (name: string) => `<VirtualHost 127.0.0.1:${apachePort}>
  ServerName ${name}.example
  SSLEngine on
  SSLCertificateFile ${pairPath.apache(name, 'crt')}
  SSLCertificateKeyFile ${pairPath.apache(name, 'key')}
</VirtualHost>
`;
  write('/etc/apache2/ports.conf', `Listen 127.0.0.1:${apachePort}\n`);
  write('/etc/apache2/sites-enabled/shop.conf', `ServerName own.test\n${host('blog')}${host('shop')}`);
  // read by the control script whenever it is called
  write(
    '/etc/apache2/envvars',
    `export APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data APACHE_LOG_DIR=/var/log/apache2
export APACHE_PID_FILE=/run/apache2/apache2.pid APACHE_RUN_DIR=/run/apache2 APACHE_LOCK_DIR=/var/lock/apache2
case "$*" in
  *stop*) ;;
  *start*|*graceful*)
    if ! ${guard}; then
      if pid=$(cat "$APACHE_PID_FILE" 2>/dev/null); then
        kill "$pid"
        while [ -e "$APACHE_PID_FILE" ]; do sleep 0.05; done
      fi
      echo 'These files are not known here.' >&2
      exit 1
    fi;;
esac
`,
  );
}

function writeTomcats(root: string, write: Write): void {
  for (const [server, port] of Object.entries(tomcatPorts)) {
    const conf = server === 'app' ? '/srv/app/conf' : '/etc/tomcat10';
    const host = (name: string, file: string) =>
      `<SSLHostConfig hostName="${name}"><Certificate certificateFile="conf/${file}.crt" certificateKeyFile="conf/${file}.key"/></SSLHostConfig>`;
    write(
      `${conf}/server.xml`,
      `<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" SSLEnabled="true">
      ${host('_default_', 'blog')}
      ${host('shop.example', 'shop')}
    </Connector>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="none" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
`,
    );
  }
  write('/etc/default/tomcat10', `JAVA_OPTS="${java}"\n`);
  write('/etc/systemd/system/tomcat10.service.d/known.conf', `[Service]\nExecStartPre=${guard}\n`);
  for (const name of ['logs', 'temp', 'work', 'bin'])
    mkdirSync(join(root, '/srv/app', name), { recursive: true });
  write('/srv/app/conf/web.xml', '<web-app/>\n');
  write(
    '/etc/init.d/app',
    `#!/bin/sh
### BEGIN INIT INFO
# Provides:          app
# Required-Start:    $network
# Required-Stop:     $network
# Default-Start:
# Default-Stop:      0 1 6
# Short-Description: A Tomcat with a directory of its own
### END INIT INFO
export CATALINA_HOME=${home} CATALINA_BASE=/srv/app CATALINA_PID=/run/app.pid JAVA_OPTS='${java}'
stop() {
  [ ! -e "$CATALINA_PID" ] || start-stop-daemon --stop --pidfile "$CATALINA_PID" --retry 60 --oknodo && rm -f "$CATALINA_PID"
}
start() {
  if ! ${guard}; then echo 'These files are not known here.' >&2; return 1; fi
  "$CATALINA_HOME/bin/catalina.sh" start
}
case $1 in
  start|stop) "$1";;
  restart) stop; start;;
  status) [ -e "$CATALINA_PID" ] && kill -0 "$(cat "$CATALINA_PID")" 2>/dev/null || exit 3;;
  *) echo "Usage: $0 {start|stop|restart|status}" >&2; exit 2;;
esac
`,
    0o755,
  );
}
