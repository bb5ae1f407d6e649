import { codesAbout } from './code.ts';

/** What sends notifications to the outside. */
export const channelsCodes = {
  ...codesAbout('other', {
    'channel.name-taken': ['needs-person', 'There is already a channel with that name.'],
    'channel.not-found': ['needs-person', 'There is no such channel.', 'not-there'],
    'email.busy': ['later', 'The mail server took no email for now.'],
    'email.failed': ['later', 'The conversation with the mail server broke off.'],
    'email.login-refused': ['needs-person', 'The mail server refused the login.'],
    'email.no-starttls': ['needs-person', 'The mail server does not offer STARTTLS.'],
    'email.refused': ['needs-person', 'The mail server refused the email, its sender or its recipients.'],
    'email.unreachable': ['later', 'The mail server could not be reached.'],
    'email.untrusted': ['needs-person', 'The certificate of the mail server was not accepted.'],
    'webhook.refused': ['needs-person', 'The receiver of a webhook refused the request.'],
    'webhook.unavailable': ['later', 'The receiver of a webhook could not take the request for now.'],
  }),
};
