/// The second part of the decision table of `standard-order`: once something is shipped.
let standardGoodsTable = """
    partly shipped = paid, ship some
      pay late     | partly shipped | paid partly watching | refunds(p5 5000)
      cancel       | awaiting receipt | paid on_the_way watching | refunds(p3 3600) | give_back 1 mug@n 1 cup@s
      signed some  | partly shipped | paid partly watching
      refund       | partly shipped | paid partly watching | refunds(p3 400)
      ship rest    | awaiting receipt | paid on_the_way watching | order:shipped parcel+parcel-x2 | ship 1 mug@n 1 cup@s
      missing some | partly shipped | paid partly searching | order:needs-a-person | | +given_up 14d
      order_exists: place
      not_possible: change_price up, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: refund_again, ship nothing
      repeated: ship some, pay all
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
      beyond_holding: ship all
      bad_data: signed all
    part of it is missing = partly shipped, missing some
      pay late        | partly shipped | paid partly searching | refunds(p5 5000)
      cancel          | awaiting receipt | paid on_the_way searching | refunds(p3 3600) | give_back 1 mug@n 1 cup@s
      signed some     | partly shipped | paid partly searching
      refund          | partly shipped | paid partly searching | refunds(p3 400)
      given_up        | partly shipped | paid partly watching | order:lost refunds(p3 900) parcel-x1<-give_up \
                      | scrap 1 mug@n | -given_up
      ship rest       | awaiting receipt | paid on_the_way searching | order:shipped parcel+parcel-x2 \
                      | ship 1 mug@n 1 cup@s
      write_off some  | partly shipped | paid partly searching | order:lost refunds(p3 900) parcel-x1<-give_up \
                      | scrap 1 mug@n
      send_again some | awaiting shipment | paid waiting searching | parcel-x1<-give_up \
                      | scrap 1 mug@n reserve 1 mug@n confirm 1 mug@n
      order_exists: place
      not_possible: change_price up, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: refund_again
      repeated: ship some
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt
      insufficient_stock: send_again some (sold out)
    rest cancelled = partly shipped, cancel
      pay late        | awaiting receipt | paid on_the_way watching | refunds(p5 5000)
      signed some     | awaiting receipt | paid arrived watching | | | +auto_receipt 10d
      confirm_receipt | awaiting receipt | paid on_the_way watching | parcel-x1<-deliver
      refund          | awaiting receipt | paid on_the_way watching | refunds(p3 400)
      refund_done     | awaiting receipt | paid on_the_way watching | order:refunded
      refund_failed   | awaiting receipt | paid on_the_way watching | order:needs-a-person
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, ask_return, refund_again
      repeated: ship some
      invariant_broken: returned
      unknown_timeout: pay_due, auto_receipt, given_up
      beyond_holding: ship rest
    on the way = paid, ship all
      pay late        | awaiting receipt | paid on_the_way watching | refunds(p5 5000)
      missing         | awaiting receipt | paid on_the_way searching | order:needs-a-person | | +given_up 14d
      confirm_receipt | awaiting receipt | paid on_the_way watching | parcel-x3<-deliver
      refund          | awaiting receipt | paid on_the_way watching | refunds(p3 400)
      signed all      | awaiting receipt | paid arrived watching | | | +auto_receipt 10d
      order_exists: place
      not_possible: change_price up, cancel, write_off, send_again, extend_receipt, ask_return, refund_again
      not_possible: extend_receipt back
      beyond_holding: ship some
      bad_data: signed some
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: pay all
    missing = on the way, missing
      pay late        | awaiting receipt | paid on_the_way searching | refunds(p5 5000)
      write_off       | closed | paid written_off searching \
                      | order:lost order:closed refunds(p3 4500) refunds(p3 500) parcel-x3<-give_up \
                      | scrap 2 mug@n 1 cup@s give_back 1 coupon:ten
      send_again      | awaiting shipment | paid waiting searching | parcel-x3<-give_up \
                      | scrap 2 mug@n reserve 2 mug@n confirm 2 mug@n scrap 1 cup@s reserve 1 cup@s confirm 1 cup@s
      confirm_receipt | awaiting receipt | paid on_the_way searching | parcel-x3<-deliver
      refund          | awaiting receipt | paid on_the_way searching | refunds(p3 400)
      given_up        | closed | paid written_off watching \
                      | order:lost order:closed refunds(p3 4500) refunds(p3 500) parcel-x3<-give_up \
                      | scrap 2 mug@n 1 cup@s give_back 1 coupon:ten | -given_up
      signed all      | awaiting receipt | paid arrived searching | | | +auto_receipt 10d
      order_exists: place
      not_possible: change_price up, cancel, extend_receipt, ask_return, refund_again
      beyond_holding: ship some
      bad_data: signed some
      repeated: missing
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt
      insufficient_stock: send_again (sold out)
    written off = missing, write_off
      pay late      | closed | paid written_off searching | refunds(p5 5000)
      refund_done   | closed | paid written_off searching | order:refunded
      refund_failed | closed | paid written_off searching | order:needs-a-person
      given_up      | closed | paid written_off watching | | | -given_up
      order_exists: place
      not_possible: change_price up, cancel, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: returned, refund, refund_again, refund_again
      beyond_holding: ship some
      bad_data: signed some
      repeated: missing
      unknown_timeout: pay_due, auto_receipt
      invariant_broken: signed all
    to be sent again = missing, send_again
      pay late   | awaiting shipment | paid waiting searching | refunds(p5 5000)
      cancel     | closed | cancelled given_back searching | order:closed refunds(p3 5000) \
                 | give_back 1 coupon:ten 2 mug@n 1 cup@s
      ship some  | partly shipped | paid partly searching | order:shipped parcel+parcel-x1 | ship 1 mug@n
      refund     | awaiting shipment | paid waiting searching | refunds(p3 400)
      given_up   | awaiting shipment | paid waiting watching | | | -given_up
      ship again | awaiting receipt | paid on_the_way searching | order:shipped parcel+parcel-x9 | ship 2 mug@n 1 cup@s
      order_exists: place
      not_possible: change_price up, write_off, send_again, extend_receipt, confirm_receipt, ask_return, refund_again
      bad_data: signed some
      repeated: missing
      beyond_holding: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt
    arrived = on the way, signed all
      pay late        | awaiting receipt | paid arrived watching | refunds(p5 5000)
      extend_receipt  | awaiting receipt | paid arrived watching | | | +auto_receipt 15d
      confirm_receipt | completed | paid received watching | | | -auto_receipt
      ask_return      | awaiting receipt | paid arrived watching | returns:asked(c1) after-sale+case-c1
      returned        | awaiting receipt | paid arrived watching | refunds(p3 1000) | restock 1 mug@n
      refund          | awaiting receipt | paid arrived watching | refunds(p3 400)
      auto_receipt    | completed | paid received watching | | | -auto_receipt
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, refund_again, extend_receipt back
      not_possible: extend_receipt for ever, ask_return too many, ask_return nothing, ask_return a twice
      beyond_holding: ship some
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, given_up
      repeated: signed all
    extended three times = arrived, extend_receipt, extend_receipt, extend_receipt
      pay late        | awaiting receipt | paid arrived watching | refunds(p5 5000)
      confirm_receipt | completed | paid received watching | | | -auto_receipt
      ask_return      | awaiting receipt | paid arrived watching | returns:asked(c1) after-sale+case-c1
      returned        | awaiting receipt | paid arrived watching | refunds(p3 1000) | restock 1 mug@n
      refund          | awaiting receipt | paid arrived watching | refunds(p3 400)
      auto_receipt    | completed | paid received watching | | | -auto_receipt
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, refund_again
      beyond_holding: ship some
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, given_up
    received = arrived, confirm_receipt
      pay late   | completed | paid received watching | refunds(p5 5000)
      ask_return | completed | paid received watching | returns:asked(c1) after-sale+case-c1
      returned   | completed | paid received watching | refunds(p3 1000) | restock 1 mug@n
      refund     | completed | paid received watching | refunds(p3 400)
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: refund_again, refund too much
      beyond_holding: ship some
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: signed all
    return asked = received, ask_return
      pay late           | completed | paid received watching | refunds(p5 5000)
      returned           | completed | paid received watching | refunds(p3 1000) | restock 1 mug@n
      refund             | completed | paid received watching | refunds(p3 400)
      returned elsewhere | completed | paid received watching | | scrap 1 mug@n adjust 1 mug@s
      returned nothing   | completed | paid received watching
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: refund_again, ask_return again, returned too dear
      beyond_holding: ship some, returned too many
      bad_data: signed some
      repeated: ask_return
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    money on its way back = return asked, returned
      pay late       | completed | paid received watching | refunds(p5 5000)
      refund         | completed | paid received watching | refunds(p3 400)
      refund_done    | completed | paid received watching | order:refunded
      refund_failed  | completed | paid received watching | order:needs-a-person
      returned money | completed | paid received watching | refunds(p3 700)
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: refund_again, ask_return again
      beyond_holding: ship some
      bad_data: signed some, refund_done too much, refund_failed too much
      repeated: ask_return, returned
      unknown_timeout: pay_due, auto_receipt, given_up
      key_reused: returned too dear
    refund failed = money on its way back, refund_failed
      pay late       | completed | paid received watching | refunds(p5 5000)
      refund         | completed | paid received watching | refunds(p3 400)
      refund_done    | completed | paid received watching | order:refunded
      refund_again   | completed | paid received watching | refunds(p3 1000)
      returned money | completed | paid received watching | refunds(p3 700)
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: ask_return again, refund_again too much
      beyond_holding: ship some
      bad_data: signed some, refund_done too much
      repeated: ask_return, returned
      no_open_call: refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    refund asked for again = refund failed, refund_again
      pay late      | completed | paid received watching | refunds(p5 5000)
      refund        | completed | paid received watching | refunds(p3 400)
      refund_done   | completed | paid received watching | order:refunded
      refund_failed | completed | paid received watching | order:needs-a-person
      order_exists: place
      not_possible: change_price up, cancel, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: refund_again
      beyond_holding: ship some
      bad_data: signed some
      repeated: ask_return, returned
      unknown_timeout: pay_due, auto_receipt, given_up
    """
