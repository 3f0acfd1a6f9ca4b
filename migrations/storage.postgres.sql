-- Room on the page for updates in place, and early vacuuming, for the rows that change most (store.md, pitfalls).
ALTER TABLE seat_pool SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE session SET (fillfactor = 80);
ALTER TABLE registration SET (fillfactor = 85);
ALTER TABLE entry SET (fillfactor = 85);
