-- one row per contact, adviser, provider, envelope, class and currency: cents owned on the day
-- with: portfolio/owned_lines
select
    case when right_ = 'full' then contact_id end as contact_id,       -- null: dismembered
    case when right_ = 'full' then adviser_id end as adviser_id,
    provider_id, envelope, asset_class, currency,
    sum(own) as cents,
    count(*) as lines
from owned
where
    case
        when right_ = 'full'
            then $everyone or adviser_id in (select unnest($adviser_ids))
        else account_id in (select account_id from seen)
    end
group by all
