import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on tokens.
enum Tokens {
    static let operations: [Operation] = [createToken, listTokens, revokeToken]
}
