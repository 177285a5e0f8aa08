/** Failures as Temporal keeps them: message and stack trace travel in a payload, so that the codec encrypts them too. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
