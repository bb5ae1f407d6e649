import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProxyState } from '#shared/model/proxy.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { ProxyIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { ProxyDoctor } from './proxy-doctor.tsx';
import { ProxyForm } from './proxy-form.tsx';

export function ProxyScreen() {
  const { queries } = useBridge();
  const cache = useQueryClient();
  const query = useQuery(queries.proxy.get.queryOptions({ input: {} }));
  /** Every save starts the form anew: what was typed as a password must not stay in it. */
  const [saves, setSaves] = useState(0);
  const saved = (state: ProxyState): void => {
    cache.setQueryData(queries.proxy.get.queryKey({ input: {} }), state);
    setSaves(saves + 1);
  };
  return (
    <Page title={en.proxy.title} subtitle={en.proxy.subtitle}>
      <Section title={en.proxy.setting} icon={<ProxyIcon />}>
        <Answer query={query}>
          {(state) => (
            <>
              {saves > 0 && state.revertsAt === null && <Notice intent="success">{en.proxy.saved}</Notice>}
              <ProxyForm key={`${saves} ${settingOf(state)}`} state={state} onSaved={saved} />
            </>
          )}
        </Answer>
      </Section>
      <ProxyDoctor />
    </Page>
  );
}

/** Another setting draws another form; that its trial ended does not. */
function settingOf({ revertsAt: _trial, ...setting }: ProxyState): string {
  return JSON.stringify(setting);
}
