import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connect } from './bridge/connect.ts';
import { windowPorts } from './bridge/ports.ts';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App bridge={connect(windowPorts())} />);
