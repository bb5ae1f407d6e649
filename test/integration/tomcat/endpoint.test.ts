import { endpointSuite } from './endpoint.suite.ts';

endpointSuite(10);
