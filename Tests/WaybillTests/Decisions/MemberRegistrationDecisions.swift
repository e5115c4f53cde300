import Waybill

extension ShippedDecisions {
    /// An address that must be confirmed, and membership until the member leaves.
    static let memberRegistration = ShippedDecisions(
        workflow: "member-registration", moves: memberMoves, table: memberTable)
}

private let memberMoves: [String: JSON] = [
    "register": ["member": "m-1", "email": "ann@example.org"],
    "send_again": [:],
    "confirm_email": ["email": "ann@example.org"],
    "confirm_email anew": ["email": "anna@example.org"],
    "change_email": ["email": "anna@example.org"],
    "leave": [:],
]

private let memberTable = """
    nothing =
      register | unconfirmed | unconfirmed | member:confirm-email | | +unconfirmed.after.3d 3d
      unknown_order: send_again, confirm_email, change_email, leave
      unknown_timeout: unconfirmed.after.3d
    unconfirmed = register
      change_email         | unconfirmed | unconfirmed | member:confirm-email
      send_again           | unconfirmed | unconfirmed | member:confirm-email
      confirm_email        | active      | active | member:registered | | -unconfirmed.after.3d
      unconfirmed.after.3d | lapsed      | lapsed | member:lapsed | | -unconfirmed.after.3d
      order_exists: register
      not_possible: leave, confirm_email anew
    mistyped = unconfirmed, change_email
      change_email         | unconfirmed | unconfirmed | member:confirm-email
      confirm_email anew   | active      | active | member:registered | | -unconfirmed.after.3d
      send_again           | unconfirmed | unconfirmed | member:confirm-email
      unconfirmed.after.3d | lapsed      | lapsed | member:lapsed | | -unconfirmed.after.3d
      order_exists: register
      not_possible: leave, confirm_email
    often mailed = unconfirmed, send_again, send_again, send_again, send_again
      confirm_email        | active | active | member:registered | | -unconfirmed.after.3d
      unconfirmed.after.3d | lapsed | lapsed | member:lapsed | | -unconfirmed.after.3d
      order_exists: register
      not_possible: change_email, leave, confirm_email anew, send_again
    active = unconfirmed, confirm_email
      change_email | active | active | member:email-changed
      leave        | left   | left | member:left
      order_exists: register
      not_possible: send_again, confirm_email, confirm_email anew
      unknown_timeout: unconfirmed.after.3d
    left = active, leave
      order_exists: register
      not_possible: send_again, confirm_email, change_email, leave
      unknown_timeout: unconfirmed.after.3d
    lapsed = unconfirmed, unconfirmed.after.3d
      order_exists: register
      not_possible: send_again, confirm_email, change_email, leave
      unknown_timeout: unconfirmed.after.3d
    """
