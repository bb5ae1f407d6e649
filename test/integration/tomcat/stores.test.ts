import { storesSuite } from './stores.suite.ts';

storesSuite(10);
