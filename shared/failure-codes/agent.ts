import { codesAbout } from './code.ts';

/** Calls to the agent, approvals and tasks. */
export const agentCodes = {
  ...codesAbout('other', {
    'agent.already-running': ['needs-person', 'Another agent or command is using the data directory.'],
    'agent.denied': ['needs-person', 'The account is not allowed to call the agent.'],
    'agent.no-window': ['needs-person', 'The running agent has no window.'],
    'agent.not-running': ['needs-person', 'No agent is running with the data directory.', 'not-there'],
    'agent.not-understood': ['needs-person', 'The answer of the agent is none that this program knows.'],
    'agent.unreachable': ['later', 'The agent stopped answering.', 'not-there'],
    'approval.decided': ['never', 'The plan has already been decided.'],
    'approval.missing': ['never', 'The plan has not been approved here.'],
    'approval.not-found': ['never', 'There is no such approval.', 'not-there'],
    'approval.other-certificate': [
      'never',
      'The certificate, or what is to be installed of it, is not what was collected and checked for the task.',
    ],
    'approval.other-key': ['never', 'The key or CSR is not the one that was generated for the task.'],
    'approval.other-order': ['never', 'The order is not the one that was approved.'],
    'approval.other-plan': ['needs-person', 'The plan is not the one that was read or approved.'],
    'approval.other-snapshot': [
      'never',
      'The description of the previous state is not the one that the task made.',
    ],
    'approval.rejected': ['never', 'The plan was rejected.'],
    'approval.settings-changed': ['never', 'The settings changed after the plan was approved.'],
    'bridge.closed': ['later', 'The window has lost its connection to the agent.'],
    'command.needs-person': ['needs-person', 'Only a person on this computer can carry out the command.'],
    'call.cancelled': ['never', 'The call was given up by whoever made it.'],
    'command.not-allowed': ['never', 'The command is not allowed for this kind of caller.'],
    'input.invalid': ['needs-person', 'A value in the input is wrong.', 'wrong-call'],
    internal: ['later', 'Something happened that should not; this is a fault in Trustkeep.', 'fault'],
    'outbox.not-found': ['needs-person', 'There is no such result in the outbox.', 'not-there'],
    'output.lost': ['needs-person', 'The output of the command could not be written.'],
    'socket.foreign': [
      'needs-person',
      'What is at the path of the socket does not belong to this data directory.',
    ],
    'socket.path-too-long': ['needs-person', 'No path for the socket is short enough.'],
    'socket.unusable': ['needs-person', 'The socket cannot be opened.'],
    'task.already-live': ['needs-person', 'A task of the same kind is already in progress.'],
    'task.busy': ['later', 'A step is running; the task can be cancelled when it is done.'],
    'task.cancelled': ['never', 'The task was cancelled.'],
    'task.changing': ['later', 'The task is changing its endpoint and cannot be cancelled now.'],
    'task.damaged': ['never', 'The stored state of the task is incomplete.'],
    'task.interrupted': [
      'needs-person',
      'The agent stopped during a step, and it is not known whether it took effect.',
    ],
    'task.not-found': ['never', 'There is no such task.', 'not-there'],
    'task.restored': [
      'never',
      'The task was in progress when the backup in use was created, and does not continue.',
    ],
    usage: ['never', 'The command line is wrong.', 'wrong-call'],
  }),
};
