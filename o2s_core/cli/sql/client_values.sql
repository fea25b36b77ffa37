-- one row per day: what the lines of one client were worth by the last price known, nothing else
--
-- Frames: days (the days asked), held (lines with their units, from a day until another).
with priced as (
    select days.day, held.units, held.instrument_id
    from days
    join held on days.day >= held.start_on and days.day < held.end_on
    where $everyone or held.adviser_id in (select unnest($adviser_ids))
),
known as (
    select instrument_id, day, value::double as value
    from prices
    where instrument_id in (select instrument_id from held)
)
select priced.day, sum(priced.units * known.value) as value
from priced
asof join known
    on priced.instrument_id = known.instrument_id and priced.day >= known.day
group by priced.day
order by priced.day
