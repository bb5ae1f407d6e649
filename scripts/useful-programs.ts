import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** What the suite can use: program (or what a package puts there), Debian package, what is tested with it. */
const useful: [program: string, from: string, what: string][] = [
  ['nginx', 'nginx-light', 'the main job on a real nginx'],
  ['/usr/lib/nginx/modules/ngx_mail_module.so', 'libnginx-mod-mail', 'mail servers of a real nginx'],
  ['/usr/lib/nginx/modules/ngx_stream_module.so', 'libnginx-mod-stream', 'stream servers of a real nginx'],
  ['sshd', 'openssh-server', 'endpoints over SSH'],
  ['sudo', 'sudo', 'SSH users who are not root'],
  ['setfacl', 'acl', 'access control lists of files'],
  ['setfattr', 'attr', 'extended attributes of files'],
  ['chattr', 'e2fsprogs', 'files that are immutable'],
  ['busybox', 'busybox', 'hosts with BusyBox instead of coreutils'],
  ['pebble', 'pebble', 'orders from a real ACME CA'],
  ['certbot', 'certbot', 'certificates that another client renews'],
  ['lego', 'lego', 'certificates that another client renews'],
  ['knotd', 'knot', 'DNS records at real name servers'],
  ['knsupdate', 'knot-dnsutils', 'DNS records at real name servers'],
  ['named', 'bind9', 'DNS records as a real resolver sees them'],
  ['squid', 'squid', 'a real proxy, with each of its log-ins'],
  ['microsocks', 'microsocks', 'a real SOCKS 5 proxy'],
  ['curl', 'curl', 'DNS scripts with a real ACME CA'],
  ['openssl', 'openssl', 'certificates judged by openssl'],
  ['keytool', 'default-jre-headless', 'key stores that Java writes and reads'],
  ['/usr/share/tomcat10/bin/catalina.sh', 'tomcat10', 'the Tomcat of Debian'],
  ['Xvfb', 'xvfb', 'the window and the tray'],
  ['dbus-daemon', 'dbus', 'the keychain, the tray and notifications'],
  [
    '/usr/lib/python3/dist-packages/dbus',
    'python3-dbus',
    'the tray and notifications as a desktop sees them',
  ],
  ['/usr/lib/python3/dist-packages/gi', 'python3-gi', 'the tray and notifications as a desktop sees them'],
  ['systemd-nspawn', 'systemd-container', 'the service under a systemd of its own'],
  ['gnome-keyring-daemon', 'gnome-keyring', 'a real keychain'],
  ['chromium-headless-shell', 'chromium-headless-shell', 'the screens with made-up data'],
  ['rpmbuild', 'rpm', 'the RPM package'],
  ['podman', 'podman', 'the image, in a container'],
  ['podman-compose', 'podman-compose', 'the image, in a container'],
  ['runc', 'runc', 'the image, in a container'],
  ['catatonit', 'catatonit', 'the image, in a container'],
  ['/usr/lib/wine/wine64', 'wine64', 'command line and installer for Windows'],
  ['makensis', 'nsis', 'the installer for Windows'],
  ['x86_64-w64-mingw32-gcc', 'gcc-mingw-w64-x86-64', 'the whole installer for Windows'],
  [
    '/usr/x86_64-w64-mingw32/lib/nsis/libpluginapi-amd64-unicode.a',
    'nsis-pluginapi',
    'the whole installer for Windows',
  ],
  ['strip', 'binutils', 'packages of the size they are released with'],
  ['zsh', 'zsh', 'completion of the command line in zsh'],
  ['fish', 'fish', 'completion of the command line in fish'],
];

function have(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program);
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/local/sbin`;
  return (
    spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env: { ...process.env, PATH: path } })
      .status === 0
  );
}

/** What of it this machine has not got. */
export function missingPrograms(): typeof useful {
  return useful.filter(([program]) => !have(program));
}
