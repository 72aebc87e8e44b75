-- Numbers of deposit addresses: a sequence gives none twice, whatever is rolled back or deleted (U10). From 0, as wallets count.
create sequence usdt_deposit_index as integer minvalue 0 start 0 no cycle
    owned by usdt_deposits.index;

-- How an order is paid never changes (U24): the buyer proves a wallet once, and staff take a payment back once.
create function usdt_deposits_stay() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (old.order_id, old.chain_id, old.chain_name, old.token, old.decimals, old.address, old.fingerprint, old.index,
            old.amount, old.created_at, old.nonce)
        is distinct from (new.order_id, new.chain_id, new.chain_name, new.token, new.decimals, new.address,
            new.fingerprint, new.index, new.amount, new.created_at, new.nonce)
        or (old.proved_at is not null
            and (new.payer, new.proved_at) is distinct from (old.payer, old.proved_at))
        or (old.taken_back_at is not null and new.taken_back_at is distinct from old.taken_back_at)
    then
        raise exception 'How an order is paid does not change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger usdt_deposits_stay before update on usdt_deposits
    for each row execute function usdt_deposits_stay();

-- What names a transfer never changes; where it is in the chain can, until it is final.
create function usdt_transfers_stay() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (old.chain_id, old.token, old.tx_hash, old.ordinal, old.seen_at)
        is distinct from (new.chain_id, new.token, new.tx_hash, new.ordinal, new.seen_at)
        or (old.deposit_id is not null and new.deposit_id is distinct from old.deposit_id)
    then
        raise exception 'What a transfer is called does not change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger usdt_transfers_stay before update on usdt_transfers
    for each row execute function usdt_transfers_stay();

create trigger usdt_deposits_no_delete before delete on usdt_deposits for each row execute function refuse_change();
create trigger usdt_deposits_no_truncate before truncate on usdt_deposits
    for each statement execute function refuse_change();
create trigger usdt_transfers_no_delete before delete on usdt_transfers for each row execute function refuse_change();
create trigger usdt_transfers_no_truncate before truncate on usdt_transfers
    for each statement execute function refuse_change();
create trigger usdt_keys_no_delete before delete on usdt_keys for each row execute function refuse_change();
create trigger usdt_keys_no_truncate before truncate on usdt_keys
    for each statement execute function refuse_change();
