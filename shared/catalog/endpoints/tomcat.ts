import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { checkAbsolute, invalid, text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';
import { secretFields, secretSource } from './secrets.ts';

/** What makes Tomcat serve a new certificate. `auto`: the manager where it is known, else the service, else catalina.sh. */
const restartMethods = ['auto', 'manager', 'service', 'catalina'] as const;

const settings = z.object({
  type: z.literal('tomcat'),
  /** CATALINA_BASE, or CATALINA_HOME where they are the same directory or one instance runs from it. */
  tomcatDir: z.string().min(1),
  /** Address of the manager application, as the host itself reaches it; null: there is none. */
  managerUrl: z.string().nullable(),
  managerUser: z.string().nullable(),
  /** systemd unit or init script; null: the unit that the running process belongs to. */
  service: z.string().nullable(),
  restartMethod: z.enum(restartMethods),
  /** Where the password of the manager's user is; null: there is none. */
  secrets: z.object({ manager_password: secretSource.nullable() }),
});
export type TomcatSettings = z.infer<typeof settings>;

export const tomcat = defineEndpoint({
  id: 'tomcat',
  label: 'Apache Tomcat',
  help: 'A Tomcat 9, 10.1 or 11: the certificates of its TLS connectors are the nodes.',
  examples: ['--name app1 --tomcat_dir /opt/tomcat'],
  fields: [
    nameField,
    {
      name: 'tomcat_dir',
      label: 'Tomcat directory',
      help: 'Path to the Tomcat directory (CATALINA_BASE, or CATALINA_HOME where they are the same), for example /opt/tomcat.',
      hint: 'CATALINA_BASE, the directory with conf/server.xml; or CATALINA_HOME where they are the same.',
      kind: 'path',
      ownFile: whenHere,
      required: true,
      min: 1,
      max: 4096,
    },
    ...connectionFields(({ kind, system }) => kind === 'host' && system !== 'windows'),
    {
      name: 'manager_url',
      label: 'Manager address',
      help: 'Address of the manager application as the host itself reaches it, for example http://localhost:8080/manager. Default: none; Tomcat is restarted.',
      hint: 'As the host itself reaches it, for example http://localhost:8080/manager. With it, certificates are loaded without a restart.',
      kind: 'text',
      address: true,
      min: 8,
      max: 2048,
      none: 'none, Tomcat is restarted',
    },
    {
      name: 'manager_user',
      label: 'Manager user',
      help: 'User of the manager with the role manager-script or manager-jmx.',
      kind: 'text',
      min: 1,
      max: 255,
      with: 'manager_url',
    },
    ...secretFields(
      {
        name: 'manager_password',
        label: 'Manager password',
        help: 'Password of that user.',
        with: 'manager_user',
      },
      false,
    ),
    {
      name: 'service',
      label: 'Service',
      help: 'systemd unit or service that Tomcat runs as, for example tomcat10. Default: the one that the running process belongs to.',
      hint: 'systemd unit or service, for example tomcat10. Default: the one that the running process belongs to.',
      kind: 'text',
      min: 1,
      max: 255,
      advanced: true,
      none: 'found by the running process',
    },
    {
      name: 'restart_method',
      label: 'Restart method',
      help: 'How Tomcat is made to serve a new certificate: auto, manager (reload without interruption), service, catalina (catalina.sh). Default: auto.',
      hint: 'How Tomcat is made to serve a new certificate.',
      kind: 'choice',
      choices: restartMethods,
      labels: {
        auto: 'Automatic',
        manager: 'Reload with the manager',
        service: 'Restart the service',
        catalina: 'Restart with catalina.sh',
      },
      default: 'auto',
      advanced: true,
    },
    ...policyFields,
  ],
  settings,
  toFlat: ({ tomcatDir, managerUrl, managerUser, service, restartMethod }) => ({
    tomcat_dir: tomcatDir,
    manager_url: managerUrl ?? undefined,
    manager_user: managerUser ?? undefined,
    service: service ?? undefined,
    restart_method: restartMethod,
  }),
  fromFlat(flat, secrets) {
    const tomcatDir = text(flat, 'tomcat_dir') ?? '';
    checkAbsolute('Tomcat directory', tomcatDir);
    const managerUrl = managerAddress(text(flat, 'manager_url'));
    const chosen = restartMethods.find((one) => one === text(flat, 'restart_method')) ?? 'auto';
    if (chosen === 'manager' && managerUrl === null)
      throw invalid(
        'The restart method manager needs the address of the manager.',
        'Give it with --manager_url.',
      );
    return {
      type: 'tomcat',
      tomcatDir,
      managerUrl,
      managerUser: text(flat, 'manager_user'),
      service: serviceName(text(flat, 'service')),
      restartMethod: chosen,
      secrets: { manager_password: secrets.manager_password ?? null },
    };
  },
});

function managerAddress(value: string | null): string | null {
  if (value === null) return null;
  const [, origin, path = ''] = /^(https?:\/\/[^\s/?#@"\\]+)(\/[^\s?#"\\]*)?$/.exec(value) ?? [];
  if (origin !== undefined) return `${origin}${path.replace(/\/+(?:text\/*)?$/, '') || '/manager'}`;
  throw invalid(
    `Manager address must be an http or https address, not "${value}".`,
    'For example http://localhost:8080/manager.',
  );
}

/** A name is handed to the service manager as an argument: one that looks like an option is none. */
function serviceName(value: string | null): string | null {
  if (value === null || /^[A-Za-z0-9][A-Za-z0-9@._:\\-]*$/.test(value)) return value;
  throw invalid(
    `Service must be the name of a systemd unit or service, not "${value}".`,
    'For example tomcat10.',
  );
}
