-- one row per line that one client holds: its share, worth by the last price known, nothing else
--
-- Frames: mine (the accounts of the client, their adviser, the share that is the client's).
with own as (
    select lines.*, mine.share
    from current_lines as lines
    join mine using (account_id)
    where
        (lines.closed_on is null or lines.closed_on > $today)
        and ($everyone or mine.adviser_id in (select unnest($adviser_ids)))
),
last_price as (
    select instrument_id, arg_max(value, day)::double as value, max(day) as day
    from prices
    where day <= $today and instrument_id in (select instrument_id from own)
    group by instrument_id
)
select
    own.account_id,
    own.line,
    own.share * case
        when not own.by_value and (own.reported is null or last_price.day > own.own_on)
            then own.quantity / 1e8 * last_price.value * own.price_factor / 1e8 + own.accrued / 1e8
        else own.reported / 1e8
    end as value
from own
left join last_price using (instrument_id)
order by own.account_id, own.line
