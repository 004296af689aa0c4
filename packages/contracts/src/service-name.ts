export const serviceNames = ['auth', 'directory', 'permissions', 'dashboard'] as const;
export type ServiceName = (typeof serviceNames)[number];
