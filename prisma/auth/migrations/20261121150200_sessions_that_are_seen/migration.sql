-- That a session is used is written to its row again and again, and no index changes as long as the page has room.
alter table session set (fillfactor = 85);
