// The cache key of things kept aside, shared by their list, their actions and the overview.
export const asideKey = 'quarantine';
