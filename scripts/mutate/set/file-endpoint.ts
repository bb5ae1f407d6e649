import { judgedBy, type Mutation } from '../mutation.ts';

const file = 'electron/providers/endpoints/common/file-endpoint.ts';

/** What every endpoint made of files does before, while and after it writes them. */
export const fileEndpointMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/endpoints/common/file-endpoint.machine.test.ts'],
  [
    {
      breaks: 'a key that does not belong to the certificate is written',
      file,
      find: '    await refuseWrongPair(this.connection, material);\n',
      put: '',
    },
    {
      breaks: 'a kind of key that the server cannot use is written',
      file,
      find: '    this.refuseMaterial(plan, material);\n',
      put: '',
    },
    {
      breaks: 'a file that someone else changed since is overwritten',
      file,
      find: '    await refuseForeignContent(this.connection, files, after);\n',
      put: '',
    },
    {
      breaks: 'other bytes are written than were checked with the certificate',
      file,
      find: '    refuseOtherContent(files, after, this.connection);\n',
      put: '',
    },
    {
      breaks: 'an install that was cut off cannot be run again',
      file,
      find: 'refuseForeignContent(this.connection, files, after)',
      put: 'refuseForeignContent(this.connection, files, after === plan ? after : {})',
    },
    {
      breaks: 'the server does not test what was written',
      file,
      find: '    const tested = await this.testInstalled(plan);\n',
      put: '    const tested = null;\n',
    },
    {
      breaks: 'the server tests what was there before',
      file,
      find: '    await this.connection.writeAll(made);\n    const tested = await this.testInstalled(plan);\n',
      put: '    const tested = await this.testInstalled(plan);\n    await this.connection.writeAll(made);\n',
    },
    {
      breaks: 'a new directory is not made',
      file,
      find: '      await makeDirectory(this.connection, directory);\n',
      put: '      await this.connection.stat(directory.path);\n',
    },
    {
      breaks: 'files that changed since the plan are no drift',
      file,
      find: "fileDrift(this.connection, changesOf(plan.changes, 'file')),",
      put: 'fileDrift(this.connection, []),',
    },
    {
      breaks: 'links that lead elsewhere since the plan are no drift',
      file,
      find: 'linkDrift(this.connection, plan.standsOn),',
      put: 'linkDrift(this.connection, []),',
    },
    {
      breaks: 'what only the server can compare is no drift',
      file,
      find: 'sentencesOf([...found, ...more])',
      put: 'sentencesOf(found)',
    },
    {
      breaks: 'what other tasks changed is taken for a drift of the configuration',
      file,
      find: 'this.furtherDrift(plan, own)',
      put: 'this.furtherDrift(plan, own.slice(0, 0))',
    },
    {
      breaks: 'what only the server can compare is passed over for another file',
      file,
      find: '!named.has(path)',
      put: '![...named].some((one) => one?.startsWith(path))',
    },
    {
      breaks: 'a restore removes a directory that another install made',
      file,
      find: 'await missingDirectories(this.connection, plan);',
      put: "changesOf(plan.changes, 'directory').map(({ path }) => path);",
    },
  ],
);
