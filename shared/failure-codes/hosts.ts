import { codesAbout } from './code.ts';

/** The connection to a managed host, and files there. */
export const hostsCodes = {
  ...codesAbout('line', {
    'connection.closed': ['later', 'Trustkeep itself closed the connection to the host.'],
    'connection.lost': ['later', 'The connection to the host broke.'],
    'connection.refused': ['later', 'Nothing accepts connections at the port of the host.'],
    'connection.timeout': ['later', 'The host did not answer in time.'],
    'connection.unreachable': ['later', 'No network route leads to the host.'],
    'connection.unresolved': ['later', 'The name of the host could not be resolved.'],
    'ssh.command-refused': ['needs-person', 'The host no longer runs commands for this user.'],
    'ssh.handshake-failed': ['later', 'What answers there does not speak SSH as expected.'],
    'ssh.no-common-algorithm': ['needs-person', 'The host and Trustkeep have no SSH algorithm in common.'],
    'ssh.not-posix': ['needs-person', 'The login shell of this user is not a POSIX one.'],
    'ssh.session-refused': ['later', 'The SSH server did not open another session.'],
    'ssh.tool-missing': ['needs-person', 'The host lacks programs that Trustkeep needs.'],
  }),
  ...codesAbout('login', {
    'ssh.credential-missing': ['needs-person', 'No password or private key is set for the login.'],
    'ssh.key-passphrase-missing': ['needs-person', 'The private key is encrypted, and no passphrase is set.'],
    'ssh.key-passphrase-wrong': ['needs-person', 'The passphrase does not open the private key.'],
    'ssh.key-unreadable': ['needs-person', 'The private key for the login cannot be used.'],
    'ssh.login-refused': ['needs-person', 'The host refused the login.'],
    'ssh.password-expired': ['needs-person', 'The password of the login has expired.'],
  }),
  ...codesAbout('identity', {
    'ssh.host-key-changed': ['needs-person', 'The host shows another key than the pinned one.'],
  }),
  ...codesAbout('other', {
    'file.damaged': ['later', 'The content was damaged on its way to the host.'],
    'file.denied': ['needs-person', 'The account is not allowed to do this with the file.'],
    'file.disk-full': ['needs-person', 'There is not enough space for the file.'],
    'file.failed': ['later', 'Something else went wrong with the file.'],
    'file.missing': ['needs-person', 'The file does not exist.'],
    'file.name-too-long': ['never', 'The name of the file is too long for the system.'],
    'file.not-a-directory': ['needs-person', 'The path does not lead to a directory.'],
    'file.not-a-file': ['needs-person', 'The path does not lead to a plain file.'],
    'file.not-hashed': ['needs-person', 'The content of the file could not be hashed.'],
    'file.owner-unknown': ['needs-person', 'The owner that the file is to have does not exist there.'],
    'file.path-invalid': [
      'never',
      'The path is not absolute, or contains characters that no path may contain.',
    ],
    'file.read-only': ['needs-person', 'The file system is mounted read-only.'],
    'file.rights-not-kept': [
      'needs-person',
      'The access control list, extended attributes or label of a file cannot be given to the file that replaces it.',
    ],
    'file.too-large': ['never', 'The file is larger than what is read as a whole.'],
    'key-file.unreadable': [
      'needs-person',
      'A file on the machine of the agent, named in the input, cannot be read.',
    ],
    'private-key.passphrase-needed': [
      'needs-person',
      'A private key that is to be stored is encrypted, and no passphrase was given.',
    ],
    'private-key.passphrase-wrong': [
      'needs-person',
      'The passphrase does not open a private key that is to be stored.',
    ],
    'private-key.unreadable': ['needs-person', 'A private key that is to be stored cannot be read.'],
    'script.missing': ['needs-person', 'The script does not exist on the endpoint.'],
    'script.not-executable': ['needs-person', 'The script on the endpoint cannot be run.'],
    'web-root.denied': ['needs-person', 'The directory for the challenge file could not be created.'],
  }),
};
