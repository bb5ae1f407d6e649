/** From the first start to the first certificate. */
export const firstSteps = {
  titles: {
    secrets: 'Protect the secrets',
    name: 'Name this agent',
    outbound: 'Connect to the outside',
    authority: 'Choose an authority',
    endpoint: 'Add an endpoint',
  },
  texts: {
    secrets: 'Logins and keys are encrypted with a master key, and a recovery key opens them elsewhere.',
    name: 'Its status and its overview show the name: for who has several.',
    outbound: 'Trustkeep only dials out: directly, or through a proxy.',
    authority: 'The built-in authority works now; a public CA needs only its name and an email address.',
    endpoint:
      'Its nodes are discovered, with the certificate each serves. Request one: the plan shows every change before it is made.',
  },
  done: 'Done',
  skipped: 'Left as it is',
  skip: (title: string) => `Skip: ${title}`,
  skipShort: 'Skip',
  left: (done: number, all: number) => `First steps: ${done} of ${all}`,
  resume: 'Continue',
  hide: 'Hide',
  direct: 'Connect directly',
  proxy: 'Set a proxy',
  builtIn: (name: string) => `Use "${name}"`,
  rehearse: 'See the whole job first: nothing is installed',
};
