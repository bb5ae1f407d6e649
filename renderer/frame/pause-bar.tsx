import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../bridge/context.tsx';
import { useCommand } from '../bridge/use-command.ts';
import { FailureBar } from '../parts/failure-bar.tsx';
import { Notice } from '../parts/notice.tsx';
import { Time } from '../parts/time.tsx';
import { en } from '../text/en.ts';

/** Said above every screen while the agent begins nothing on its own. */
export function PauseBar() {
  const { client, queries } = useBridge();
  const { data } = useQuery(queries.agent.status.queryOptions({ input: {} }));
  const resume = useCommand(() => client.agent.resume({}));
  if (!data?.pause) return null;
  return (
    <>
      <Notice
        intent="warning"
        square
        title={en.pause.title}
        actions={
          <Button size="small" disabled={resume.busy} onClick={() => void resume.run(undefined)}>
            {en.pause.resume}
          </Button>
        }
      >
        {en.pause.continues} <Time at={data.pause.until} />. {en.pause.text}
      </Notice>
      <FailureBar failure={resume.failure} />
    </>
  );
}
