/** `omni-mcp/testing`: the suite that every provider passes, and the stub server that it is passed against. */
export { refuse, startRestStub } from '../stubs/rest';
export type { RestAnswer, RestRequest, RestVendor } from '../stubs/rest';
export type { Fault } from '../stubs/faults';
export type { Stub, StubCall, StubOptions } from '../stubs/stub';
export { callTool, describeProvider, failureOf, providerOf } from './provider';
export type { VendorCase, VendorToolCase } from './provider';
