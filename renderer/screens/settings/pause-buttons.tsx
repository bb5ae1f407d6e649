import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  buttons: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    marginTop: tokens.spacingVerticalM,
  },
});

/** For how long the agent begins nothing on its own. While it does not, the bar above says so and ends it. */
export function PauseButtons() {
  const styles = useStyles();
  const { client } = useBridge();
  const pause = useCommand(client.agent.pause);
  return (
    <>
      <FailureBar failure={pause.failure} />
      <div className={styles.buttons}>
        <Button disabled={pause.busy} onClick={() => void pause.run({ minutes: 60 })}>
          {en.pause.hour}
        </Button>
        <Button disabled={pause.busy} onClick={() => void pause.run({ until_tomorrow: true })}>
          {en.pause.tomorrow}
        </Button>
      </div>
    </>
  );
}
