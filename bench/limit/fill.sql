-- As many rows as the portal beside it has, one in ten of them open.
INSERT INTO limit_department (name) SELECT 'Department ' || n FROM generate_series(1, 20) n;
INSERT INTO limit_tier (name) SELECT 'Tier ' || n FROM generate_series(1, 18) n;
INSERT INTO auth_user (username, first_name, last_name, email, password, is_staff, is_active,
                       is_superuser, date_joined)
    SELECT 'person' || n, '', '', '', '!', false, true, false, now()
    FROM generate_series(1, least(greatest(%(requests)s / 20, 20), 5000)) n;
INSERT INTO limit_ask (title, text, state, requester_id, department_id, analyst_id, tier_id,
                       received_at, queue_at)
    SELECT 'The capacity plan comes two days late, number ' || n,
           repeat('We book trucks that leave half empty. ', 4),
           CASE WHEN n %% 10 = 0 THEN 'open' ELSE 'closed' END,
           1 + n %% (SELECT count(*) FROM auth_user), 1 + n %% 20, 1 + n %% 20, 1 + n %% 18,
           now() - n * interval '1 minute', now() + (n - %(requests)s / 3) * interval '1 minute'
    FROM generate_series(1, %(requests)s) n;
INSERT INTO limit_clock (ask_id, due_at, next_event_at)
    SELECT id, queue_at, CASE WHEN state = 'open' THEN queue_at END FROM limit_ask;
INSERT INTO limit_hours (week) VALUES ('[8, 8, 8, 8, 8, 0, 0]');
ANALYZE;
