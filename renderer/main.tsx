import './bridge/no-eval.ts';

// A static import would be bundled into chunks that run before the line above.
void import('./start.tsx');
