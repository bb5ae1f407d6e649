import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { rehearsal } from '#shared/contract/certificates.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { en } from '../../text/en.ts';
import { type RequestForm, requestableNames, requestInput, requestProblems } from './request-input.ts';

type Rehearsal = z.infer<typeof rehearsal>;

/** A request for a certificate as it is typed, its plan once it was asked for, and sending it. */
export function useRequest(props: { node: EndpointNode; endpoint: Endpoint; onClose(): void }) {
  const { node, endpoint, onClose } = props;
  const { client, queries } = useBridge();
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} })).data ?? [];
  const [typed, setTyped] = useState<Partial<RequestForm>>({});
  const [problems, setProblems] = useState<ReturnType<typeof requestProblems>>({});
  const [plan, setPlan] = useState<Plan | null>(null);
  const [rehearsed, setRehearsed] = useState<Rehearsal | null>(null);
  const preview = useCommand(client.certificates.preview);
  const rehearse = useCommand(client.certificates.rehearse);
  const request = useCommand(client.certificates.request);

  const preferred =
    authorities.find((one) => one.id === endpoint.policy.authorityId) ??
    authorities.find((one) => one.isDefault);
  const form: RequestForm = {
    names: requestableNames(node).join('\n'),
    authority: preferred?.name ?? '',
    keyType: '',
    keyPlace: '',
    newOrder: false,
    also: '',
    profile: '',
    days: '',
    ...typed,
  };
  const input = requestInput(node.id, form);
  const checked = (): boolean => {
    const found = requestProblems(form, {
      noNames: en.request.noNames,
      blank: en.request.blankInName,
      days: en.request.daysWrong,
    });
    setProblems(found);
    return Object.keys(found).length === 0;
  };
  const show = async (): Promise<void> => {
    if (!checked()) return;
    setPlan((await preview.run(input)) ?? null);
  };
  const send = async (): Promise<void> => {
    if (!checked()) return;
    const answer = await request.run(input);
    if (answer === undefined) return;
    onClose();
    go('tasks', answer.taskId);
  };
  const tryOut = async (): Promise<void> => {
    if (!checked()) return;
    setRehearsed((await rehearse.run(input)) ?? null);
  };
  const change = (more: Partial<RequestForm>): void => setTyped({ ...typed, ...more });
  const back = (): void => {
    setPlan(null);
    setRehearsed(null);
  };
  const read = { authorities, form, input, problems, plan, rehearsed };
  return { ...read, preview, rehearse, request, change, show, tryOut, back, send };
}
