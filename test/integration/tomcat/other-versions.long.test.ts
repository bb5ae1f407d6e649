import { endpointSuite } from './endpoint.suite.ts';
import { shapesSuite } from './shapes.suite.ts';
import { storesSuite } from './stores.suite.ts';

for (const major of [9, 11] as const) {
  shapesSuite(major);
  endpointSuite(major);
}
storesSuite(9);
