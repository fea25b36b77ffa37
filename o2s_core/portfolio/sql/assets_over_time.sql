-- one row per month end, class, provider and envelope: cents owned in the perimeter, by today's
-- shares and advisers; accounts of which something is known, lines without value
with holder as (
    select
        account_id, adviser_id, right_, share,
        case
            when abs(sum(share) over account - 100000000) <= 100 then sum(share) over account
            else 100000000
        end as whole
    from holders
    where right_ in ('full', 'bare')
    window account as (partition by account_id)
),
seen as (
    select distinct account_id from holders
    where $everyone or adviser_id in (select unnest($adviser_ids))
),
weight as (
    select holder.account_id, sum(holder.share / holder.whole) as part
    from holder
    join seen using (account_id)
    where
        holder.right_ = 'bare' or $everyone
        or holder.adviser_id in (select unnest($adviser_ids))
    group by holder.account_id
)
select
    day, asset_class, provider_id, envelope,
    sum(cents * weight.part) / 100 as value_eur,
    sum(accounts)::bigint as accounts,
    sum(unpriced)::bigint as unpriced
from monthly_values
join weight using (account_id)
group by all
