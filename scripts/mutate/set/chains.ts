import { judgedBy, type Mutation } from '../mutation.ts';

const chains = 'electron/providers/authorities/acme/chains.ts';

/** Which of the chains that a CA offers is installed. */
export const chainMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/authorities/acme/chains.test.ts'],
  [
    {
      breaks: 'the preferred chain is not looked for among the others',
      file: chains,
      find: "answer.links('alternate').slice(0, mostAlternates)",
      put: "answer.links('alternate').slice(0, 0)",
    },
    {
      breaks: 'thousands of chains are fetched',
      file: chains,
      find: "answer.links('alternate').slice(0, mostAlternates)",
      put: "answer.links('alternate')",
    },
    {
      breaks: 'a chain of another certificate is taken',
      file: chains,
      find: 'return same && isWhole(chain) ? chain : null;',
      put: 'return isWhole(chain) ? chain : null;',
    },
    {
      breaks: 'a chain with a gap is taken',
      file: chains,
      find: 'return same && isWhole(chain) ? chain : null;',
      put: 'return same ? chain : null;',
    },
    {
      breaks: 'another chain that cannot be read ends the order',
      file: chains,
      find: '  } catch {\n    return null;\n  }',
      put: '  } catch (thrown) {\n    throw thrown;\n  }',
    },
    {
      breaks: 'the last chain is used where none is the preferred one',
      file: chains,
      find: 'const picked = offered.find(({ top }) => top === preferred);',
      put: 'const picked = offered.at(-1);',
    },
    {
      breaks: 'the usual chain in place of the preferred one is no warning',
      file: chains,
      find: 'remark: { sentence, warning: true }',
      put: 'remark: { sentence, warning: false }',
    },
    {
      breaks: 'the chain is told by its topmost certificate, not by the issuer of that',
      file: chains,
      find: 'commonNames(parseX509(topmost).issuer)[0]',
      put: 'commonNames(parseX509(topmost).subject)[0]',
    },
  ],
);
