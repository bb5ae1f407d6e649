import { Button, Field, Input, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { CredentialView } from '#shared/contract/credentials.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { SearchIcon } from '../../parts/icons.ts';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { CredentialFacts, RevealBox } from './credential-facts.tsx';
import { idForm } from './credential-text.ts';

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS, alignItems: 'flex-start', flexWrap: 'wrap' },
  grow: { flexGrow: 1, minWidth: '240px' },
  // beside the box, not beside its label
  button: { marginTop: '26px' },
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

/** Asks a vault for one credential at this moment; never by itself, since vaults count their readers. */
export function LookUp({ store, credentialId }: { store: CredentialStoreRow; credentialId: string | null }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [id, setId] = useState(credentialId ?? '');
  const [view, setView] = useState<CredentialView | null>(null);
  const get = useCommand(client.credentials.get);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (id.trim() === '' || get.busy) return;
    setView(null);
    setView((await get.run({ storename: store.id, id: id.trim() })) ?? null);
  };
  return (
    <Section title={en.credentials.lookUp}>
      <form className={styles.stack} noValidate onSubmit={(event) => void submit(event)}>
        <span>{en.credentials.lookUpHint}</span>
        <div className={styles.row}>
          <Field className={styles.grow} label={en.credentials.id} hint={idForm(store.kind)}>
            <Input
              value={id}
              spellCheck={false}
              autoComplete="off"
              data-field="look-up"
              onChange={(_, data) => setId(data.value)}
            />
          </Field>
          <Button
            className={styles.button}
            type="submit"
            appearance="primary"
            icon={get.busy ? <Spinner size="tiny" /> : <SearchIcon />}
            disabled={get.busy || id.trim() === ''}
          >
            {get.busy ? en.credentials.lookingUp : en.credentials.lookUpNow}
          </Button>
        </div>
        <FailureBar failure={get.failure} />
        {view !== null && (
          <>
            <CredentialFacts view={view} />
            <RevealBox view={view} />
          </>
        )}
      </form>
    </Section>
  );
}
