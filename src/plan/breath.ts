/** The activity that does nothing: waiting for it ends a workflow task, and unlike a timer it is over in milliseconds. */
export const BREATH_ACTIVITY = 'omni:breath';
