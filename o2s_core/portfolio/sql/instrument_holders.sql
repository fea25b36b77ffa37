-- one row per support, contact and account of the perimeter: cents owned on the day
-- with: portfolio/owned_lines
select
    instrument_id,
    case when right_ = 'full' then contact_id end as contact_id,       -- null: dismembered
    account_id,
    sum(own) as cents
from owned
where
    instrument_id is not null
    and case
        when right_ = 'full'
            then $everyone or adviser_id in (select unnest($adviser_ids))
        else account_id in (select account_id from seen)
    end
group by all
