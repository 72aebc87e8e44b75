-- What was quoted never changes, and nobody deletes an order, a step of it, or what a provider told.
create function dgt_orders_quote_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (old.public_id, old.username, old.package_id, old.package_name, old.provider, old.dgt_amount, old.bonus_dgt,
            old.price, old.currency, old.created_at, old.expires_at)
        is distinct from (new.public_id, new.username, new.package_id, new.package_name, new.provider, new.dgt_amount,
            new.bonus_dgt, new.price, new.currency, new.created_at, new.expires_at)
        or (new.user_id is distinct from old.user_id and new.user_id is not null)
    then
        raise exception 'What was ordered does not change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger dgt_orders_quote_stays before update on dgt_orders
    for each row execute function dgt_orders_quote_stays();

create function provider_events_stay() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (old.provider, old.event_id, old.type, old.object_id, old.api_version, old.body, old.source, old.received_at)
        is distinct from (new.provider, new.event_id, new.type, new.object_id, new.api_version, new.body, new.source,
            new.received_at)
    then
        raise exception 'What a provider told does not change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger provider_events_stay before update on provider_events
    for each row execute function provider_events_stay();

create trigger dgt_orders_no_delete before delete on dgt_orders for each row execute function refuse_change();
create trigger dgt_orders_no_truncate before truncate on dgt_orders for each statement execute function refuse_change();
create trigger provider_events_no_delete before delete on provider_events for each row execute function refuse_change();
create trigger provider_events_no_truncate before truncate on provider_events
    for each statement execute function refuse_change();
create trigger dgt_order_changes_append_only before update or delete on dgt_order_changes
    for each row execute function refuse_change();
create trigger dgt_order_changes_no_truncate before truncate on dgt_order_changes
    for each statement execute function refuse_change();
create trigger dgt_order_movements_append_only before update or delete on dgt_order_movements
    for each row execute function refuse_change();
create trigger dgt_order_movements_no_truncate before truncate on dgt_order_movements
    for each statement execute function refuse_change();
