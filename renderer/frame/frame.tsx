import { makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import { usePlace } from '../bridge/location.ts';
import { fetched } from '../parts/fetched.tsx';
import { ErrorCatcher } from './error-catcher.tsx';
import { LinkBar, SecretsBar } from './link-bar.tsx';
import { PauseBar } from './pause-bar.tsx';
import { screens } from './places.ts';
import { SideNav } from './side-nav.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';
import { TrialBar } from './trial-bar.tsx';

const useStyles = makeStyles({
  frame: { display: 'flex', height: '100%', backgroundColor: tokens.colorNeutralBackground2 },
  right: { display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0 },
  header: { flexShrink: 0, minWidth: 0 },
  main: { flexGrow: 1, minHeight: 0, outlineStyle: 'none' },
});

// fetched when first opened, as screens are
const NotificationsPanel = fetched(
  async () => (await import('../screens/notifications/notifications-panel.tsx')).NotificationsPanel,
);

const first = 'overview';

/** Everything around the screens. */
export function Frame() {
  const styles = useStyles();
  const place = usePlace();
  const [bell, setBell] = useState(false);
  const name = place[0] !== undefined && place[0] in screens ? place[0] : first;
  const Screen = screens[name];
  const main = useRef<HTMLElement>(null);
  useFocusOnChange(main, name);
  return (
    <div className={styles.frame}>
      <SideNav here={name} />
      <div className={styles.right}>
        <header className={styles.header}>
          <LinkBar />
          <SecretsBar />
          <TrialBar />
          <PauseBar />
          <TopBar open={bell} onBell={() => setBell(true)} />
        </header>
        <main className={styles.main} ref={main} tabIndex={-1} data-screen={name}>
          <ErrorCatcher place={place.join('/')}>
            {Screen !== undefined && <Screen rest={place.slice(1)} />}
          </ErrorCatcher>
        </main>
      </div>
      {bell && <NotificationsPanel onClose={() => setBell(false)} />}
      <Toasts />
    </div>
  );
}

/** Keyboard and screen reader go to the new screen, not back to the top of the window. */
function useFocusOnChange(main: React.RefObject<HTMLElement | null>, name: string): void {
  const before = useRef(name);
  useEffect(() => {
    if (before.current !== name) main.current?.focus();
    before.current = name;
  }, [main, name]);
}
