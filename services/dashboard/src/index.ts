export { dashboardSettings } from './config.js';
export { filterToSql } from './queries/filter-to-sql.js';
export { createDashboard, type DashboardDependencies } from './service.js';
export type { DataSourceSetting } from './sources/data-source.js';
