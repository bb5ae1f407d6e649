import { makeStyles, Spinner } from '@fluentui/react-components';
import { en } from '../text/en.ts';

const useStyles = makeStyles({ middle: { height: '100%', display: 'grid', placeItems: 'center' } });

/** In the place of a screen that is still being fetched; a quick one is waited for without a word. */
export function Waiting() {
  const styles = useStyles();
  return (
    <div className={styles.middle}>
      <Spinner delay={400} label={en.answer.waiting} />
    </div>
  );
}
