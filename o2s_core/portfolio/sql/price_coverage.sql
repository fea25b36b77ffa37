-- one row per support, day and source of its price: cents owned in the perimeter, lines
-- with: portfolio/owned_lines
, inside as (
    select instrument_id, priced_on, priced_by, by_value, own, account_id, line
    from owned
    where
        case
            when right_ = 'full'
                then $everyone or adviser_id in (select unnest($adviser_ids))
            else account_id in (select account_id from seen)
        end
)
select
    instrument_id, priced_on, priced_by, by_value,
    sum(own) as cents,
    count(distinct (account_id, line)) as lines
from inside
group by all
union all
select
    line.instrument_id, null as priced_on, '' as priced_by, line.by_value,
    null as cents,
    count(*) as lines
from line
left join rates using (currency)
where
    (line.amount is null or (line.currency <> 'EUR' and rates.units_per_euro is null))
    and line.account_id in (select account_id from seen)
group by all
