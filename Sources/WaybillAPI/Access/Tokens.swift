/// Operations on tokens.
enum Tokens {
    static let operations: [Operation] = [createToken, listTokens, revokeToken]
}
