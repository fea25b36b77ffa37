-- what each holder owns of each line of the firm, in cents on the day (`owned`)
--
-- Frames: last_price (last price of each instrument), rates (units per euro), holders (account,
-- contact, its adviser, right, share). Amounts are integers of 10**-8, so that this sums to the
-- same cents as a client's own holdings; only the conversion of a currency is in double.
-- `seen` are the accounts inside the perimeter, `line` every line with the day it is priced on
-- (`priced_by` is empty when the partner's own value stands).
with line as (
    select
        lines.account_id, lines.line, lines.provider_id, lines.envelope, lines.asset_class,
        lines.instrument_id, lines.by_value,
        case when priced.newer then priced.day else lines.own_on end as priced_on,
        case when priced.newer then priced.source else '' end as priced_by,
        case when priced.newer then priced.currency else lines.currency end as currency,
        case
            when priced.newer
                then lines.quantity::hugeint * priced.value * lines.price_factor
                     + lines.accrued::hugeint * 10000000000000000
            else lines.reported::hugeint * 10000000000000000
        end as amount                                                  -- scale 24
    from current_lines as lines
    left join lateral (
        select
            last_price.value, last_price.currency, last_price.day, last_price.source,
            not lines.by_value
                and (lines.reported is null or last_price.day > lines.own_on) as newer
        from last_price
        where last_price.instrument_id = lines.instrument_id
    ) as priced on true
    where lines.closed_on is null or lines.closed_on > $today
),
cents as (
    select
        line.*,
        case
            when line.currency = 'EUR' then
                sign(line.amount)::hugeint
                    * ((abs(line.amount) + 5000000000000000000000) // 10000000000000000000000)
            else round(line.amount::double / 1e22 / rates.units_per_euro)::hugeint
        end as cents
    from line
    left join rates using (currency)
    where line.amount is not null
),
part as (
    select
        cents.*, holder.contact_id, holder.adviser_id, holder.rank, holder.right_,
        (cents.cents * holder.share) // holder.whole
            - case when (cents.cents * holder.share) % holder.whole < 0 then 1 else 0 end as floor_,
        cents.cents * holder.share as exact, holder.whole
    from cents
    join (
        select
            holders.*,
            case
                when abs(sum(share) over account - 100000000) <= 100 then sum(share) over account
                else 100000000
            end as whole
        from holders
        where holders.right_ in ('full', 'bare')
        window account as (partition by account_id)
    ) as holder using (account_id)
    where cents.cents is not null
),
shared as (
    select
        part.*,
        -- the cents left over go to the largest remainders, first holder first when equal
        (sum(exact) over one // any_value(whole) over one) - sum(floor_) over one as left_over,
        row_number() over (
            partition by account_id, line order by exact - floor_ * whole desc, rank
        ) as turn
    from part
    window one as (partition by account_id, line)
),
owned as (
    select
        *, floor_ + case when turn <= left_over then 1 else 0 end as own
    from shared
),
seen as (
    select account_id from holders where $everyone or adviser_id in (select unnest($adviser_ids))
)
